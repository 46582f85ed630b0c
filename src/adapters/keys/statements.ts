import type { Proof } from '../../domain/change/record-entry.ts';
import {
  isSigned,
  type SigningKey,
  signerFor,
  type Trusted,
  type TrustedKey,
  trusted,
  wellFormed,
} from './signature.ts';

/** What is signed outside records, each with its own context. */
const CONTEXTS = {
  card: 'registry-ha card v1\0',
  'dry-run': 'registry-ha dry-run v1\0',
  heartbeat: 'registry-ha heartbeat v1\0',
  hold: 'registry-ha hold v1\0',
  proof: 'registry-ha proof v1\0',
  progress: 'registry-ha progress v1\0',
  status: 'registry-ha status v1\0',
  told: 'registry-ha told v1\0',
} as const;

type Said = keyof typeof CONTEXTS;

/** Signs with `own`, and accepts statements of this kind by `keys`. Throws `key-unusable`. */
export const proofOf = (said: Said, own: SigningKey, keys: readonly TrustedKey[]): Proof =>
  proofAmong(said, own, trusted(keys));

/** The same, for keys that are already read. */
export function proofAmong(said: Said, own: SigningKey, known: Trusted): Proof {
  const sign = signerFor(CONTEXTS[said], own);
  return {
    sign: (statement) => sign(wellFormed(statement)),
    isProven: (statement, signature) => isSigned(CONTEXTS[said], wellFormed(statement), signature, known),
  };
}
