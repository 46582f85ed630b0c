import { randomBytes, randomInt } from 'node:crypto';
import { ID_LENGTH } from '../../domain/change/change-id.ts';
import type { Ids } from '../../ports/trust.ts';

/** a-z and 0-9 without 0, o, 1, i and l, which look alike. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';

/** Random IDs: about 900 million change IDs per cluster, nonces of 128 bits. */
export function randomIds(): Ids {
  return {
    change: (cluster) =>
      `${cluster}-${Array.from({ length: ID_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`,
    nonce: () => randomBytes(16).toString('base64url'),
  };
}
