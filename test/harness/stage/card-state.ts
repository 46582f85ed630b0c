import type { Redis } from 'ioredis';
import { CLUSTER } from '../../../sandbox/people.ts';
import { changeKeys } from '../../../src/adapters/redis/server/keys.ts';

/** How far a card is behind its record. */
export interface CardState {
  /** Of the record; 0 when there is none. */
  readonly revision: number;
  /** The revision that the card shows. */
  readonly drawn: number;
  /** Has the bot noted where the card is posted? */
  readonly isPosted: boolean;
}

/** Reads the revision of a change's record, and the one that its card shows. */
export async function cardStateOf(redis: Redis, id: string): Promise<CardState> {
  const { state, card } = changeKeys(id);
  const [revision, [drawn, ts]] = await Promise.all([redis.hget(state, 'revision'), redis.hmget(card, 'drawn', 'ts')]);
  return { revision: Number(revision ?? 0), drawn: Number(drawn ?? 0), isPosted: Boolean(ts) };
}

/** Does the card show everything that the record holds? */
export const isDrawn = ({ revision, drawn }: CardState): boolean => revision > 0 && drawn >= revision;

/** The ids of the sandbox's changes, in no order. */
export async function changeIds(redis: Redis): Promise<readonly string[]> {
  const prefix = changeKeys(`${CLUSTER}-000000`).state.slice(0, -`${CLUSTER}-000000`.length);
  return (await redis.keys(`${prefix}*`)).map((key) => key.slice(prefix.length));
}
