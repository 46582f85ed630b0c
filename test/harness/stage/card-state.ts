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
}

/** Reads the revisions of a change's record and of its card. */
export async function cardStateOf(redis: Redis, id: string): Promise<CardState> {
  const { state, card } = changeKeys(id);
  const [revision, [drawn, place]] = await Promise.all([
    redis.hget(state, 'revision'),
    redis.hmget(card, 'drawn', 'place'),
  ]);
  return { revision: Number(revision ?? 0), drawn: Number(drawn ?? 0), isPosted: Boolean(place) };
}

/** Whether the card shows everything in the record. */
export const isDrawn = ({ revision, drawn }: CardState): boolean => revision > 0 && drawn >= revision;

/** The IDs of the sandbox's changes, unordered. */
export async function changeIds(redis: Redis): Promise<readonly string[]> {
  const prefix = changeKeys(`${CLUSTER}-000000`).state.slice(0, -`${CLUSTER}-000000`.length);
  return (await redis.keys(`${prefix}*`)).map((key) => key.slice(prefix.length));
}
