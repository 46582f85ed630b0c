import type { Redis } from 'ioredis';
import { CLUSTER } from '../../../sandbox/people.ts';
import { changeKeys } from '../../../src/adapters/redis/server/keys.ts';

/** How far a card lags behind its record. */
export interface CardState {
  /** The record's revision; 0 if there is none. */
  readonly revision: number;
  /** The revision shown on the card. */
  readonly drawn: number;
  /** Whether the bot has recorded where the card is posted. */
  readonly isPosted: boolean;
  /** What the card shows besides the record. */
  readonly aside: string;
  /** The number of entries in the record. */
  readonly entries: number;
}

/** Reads the revisions of a change's record and of its card. */
export async function cardStateOf(redis: Redis, id: string): Promise<CardState> {
  const { state, card, record } = changeKeys(id);
  const [revision, entries, [drawn, place, aside]] = await Promise.all([
    redis.hget(state, 'revision'),
    redis.llen(record),
    redis.hmget(card, 'drawn', 'place', 'aside'),
  ]);
  const numbers = { revision: Number(revision ?? 0), drawn: Number(drawn ?? 0), entries };
  return { ...numbers, isPosted: Boolean(place), aside: aside ?? '' };
}

/** Whether the card shows everything in the record. A red card stays behind for a bot with the missing key, and names the entries. */
export function isDrawn({ revision, drawn, aside, entries }: CardState): boolean {
  if (revision === 0) return false;
  const [, named = '', more] = /^unsigned \d+ entr\S+ \(([\d, ]+)( and \d+ more)?\)/.exec(aside) ?? [];
  return drawn >= revision || more !== undefined || named.split(', ').includes(String(entries));
}

/** The IDs of the sandbox's changes, unordered. */
export async function changeIds(redis: Redis): Promise<readonly string[]> {
  const prefix = changeKeys(`${CLUSTER}-000000`).state.slice(0, -`${CLUSTER}-000000`.length);
  return (await redis.keys(`${prefix}*`)).map((key) => key.slice(prefix.length));
}
