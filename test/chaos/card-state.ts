import { CLUSTER } from '../../sandbox/people.ts';
import { closeRedis, connectRedis } from '../../src/adapters/redis/server/connection.ts';
import { changeKeys } from '../../src/adapters/redis/server/keys.ts';

/** How far a card is behind its record. */
export interface CardState {
  readonly revision: number;
  readonly drawn: number;
  /** Has the bot noted where the card hangs? */
  readonly hangs: boolean;
}

const NONE: CardState = { revision: 0, drawn: 0, hangs: false };

/** The revision of the only change's record, and the one that its card shows. */
export async function cardStateOf(url: string): Promise<CardState> {
  const redis = connectRedis({ url, onError: () => undefined, name: 'registry-ha-chaos' });
  try {
    const prefix = changeKeys(`${CLUSTER}-000000`).state.slice(0, -`${CLUSTER}-000000`.length);
    const [, [key]] = await redis.scan('0', 'MATCH', `${prefix}*`, 'COUNT', 10_000);
    if (key === undefined) return NONE;
    const { card } = changeKeys(key.slice(prefix.length));
    const [revision, [drawn, ts]] = await Promise.all([redis.hget(key, 'revision'), redis.hmget(card, 'drawn', 'ts')]);
    return { revision: Number(revision ?? 0), drawn: Number(drawn ?? 0), hangs: Boolean(ts) };
  } finally {
    await closeRedis(redis);
  }
}
