import { closeRedis, connectRedis } from '../../adapters/redis/connection.ts';
import { changeKeys } from '../../adapters/redis/keys.ts';
import { CLUSTER } from '../people.ts';

const NONE = { revision: 0, drawn: 0 } as const;

/** The revision of the only change's record, and the one that its card shows. */
export async function cardStateOf(url: string): Promise<{ readonly revision: number; readonly drawn: number }> {
  const redis = connectRedis({ url, onError: () => undefined, name: 'registry-ha-chaos' });
  try {
    const prefix = changeKeys(`${CLUSTER}-0`).state.slice(0, -`${CLUSTER}-0`.length);
    const [, [key]] = await redis.scan('0', 'MATCH', `${prefix}*`, 'COUNT', 10_000);
    if (key === undefined) return NONE;
    const { card } = changeKeys(key.slice(prefix.length));
    const [revision, drawn] = await Promise.all([redis.hget(key, 'revision'), redis.hget(card, 'drawn')]);
    return { revision: Number(revision ?? 0), drawn: Number(drawn ?? 0) };
  } finally {
    await closeRedis(redis);
  }
}
