import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import { isNodeName } from '../../../domain/cluster/node-name.ts';
import { type Hold, holdSchema, type KeptHold, type UnreadHold } from '../../../domain/policy/hold.ts';
import type { Holds } from '../../../ports/policy.ts';
import { recordFault } from '../server/failures.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { ALL, LIFT, SET } from './holds-scripts.ts';

export interface HoldsOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Signs as the bot, so that nobody else can put a name and a reason on every card. */
  readonly proof: Proof;
}

/** All holds are read at every decision. */
const MOST_HOLDS = 1_000;
/** A reason has at most 200 characters. */
const MOST_BYTES = 2 * 1024 * 1024;

const allSchema = z.union([z.literal(-1), z.array(z.string())]);

/** A stored entry, and what it means. */
interface Entry {
  readonly field: string;
  readonly text: string;
  readonly hold: KeptHold;
}

/** The freezes and locks of a cluster in Redis: one hash, which is nearly always empty. */
export function redisHolds({ redis, cluster, proof }: HoldsOptions): Holds {
  const { holds: key } = clusterKeys(cluster);
  let known: ReadonlyMap<string, Entry> = new Map();
  const holdIn = (field: string, text: string, entry: string): KeptHold => {
    const read = saidIn(text, { cluster, field }, holdSchema, proof);
    if (read.is === 'said' && fieldOf(read.said) === field) return read.said;
    return { unread: read.is === 'unsigned' ? 'unsigned' : 'newer', entry, as: placeOf(field) };
  };
  const entries = async (): Promise<readonly Entry[]> => {
    const words = allSchema.parse(await runScript(redis, ALL, [key], MOST_BYTES, MOST_HOLDS));
    if (words === -1) throw tooMuch(cluster);
    const read = new Map<string, Entry>();
    // HGETALL returns fields and values in turn.
    for (let n = 0; n < words.length; n += 2) {
      const [field = '', text = ''] = words.slice(n, n + 2);
      const digest = createHash('sha256')
        .update(JSON.stringify([field, text]))
        .digest('hex');
      read.set(digest, known.get(digest) ?? { field, text, hold: holdIn(field, text, digest) });
    }
    // A signature takes a third of a millisecond to check, and each card that is drawn asks for the holds.
    known = read;
    return [...read.values()];
  };
  return {
    all: async () => (await entries()).map(({ hold }) => hold),
    async set(hold) {
      const field = fieldOf(hold);
      const answer = await runScript(redis, SET, [key], field, signedText(hold, { cluster, field }, proof), MOST_HOLDS);
      if (answer === -1) throw recordFault(cluster, `It already has ${MOST_HOLDS} locks.`, 'Lift some locks first.');
      return answer === 1;
    },
    async lift(hold) {
      // A bot with another key may have signed it, so its text is the stored one.
      const entry = (await entries()).find((one) => isDeepStrictEqual(one.hold, hold));
      return entry !== undefined && (await runScript(redis, LIFT, [key], entry.field, entry.text)) === 1;
    },
  };
}

const fieldOf = ({ verb, node }: Pick<Hold, 'verb' | 'node'>): string => (node === null ? verb : `${verb}:${node}`);

function placeOf(field: string): UnreadHold['as'] {
  if (field === 'freeze' || field === 'lock') return { verb: field, node: null };
  const node = field.startsWith('lock:') ? field.slice('lock:'.length) : '';
  return isNodeName(node) ? { verb: 'lock', node } : 'other';
}

/** Redis' default user may not log in; redis-cli asks for the password of the bot's. */
const REDIS_CLI = 'redis-cli --user registry-ha-bot --askpass';

/** Entries that nobody can read may be freezes, so no change starts. */
const tooMuch = (cluster: string) =>
  recordFault(
    cluster,
    'Its freezes and locks in Redis are more than bots write, so no change starts.',
    `Find out who wrote them. List them with \`${REDIS_CLI} hkeys ${clusterKeys(cluster).holds}\`, and remove each with \`${REDIS_CLI} hdel ${clusterKeys(cluster).holds} FIELD\`.`,
  );
