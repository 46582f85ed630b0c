import { setTimeout as pause } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';

/** Where Redis is, and who hears of connection errors (ioredis reconnects by itself). */
export interface RedisPlace {
  /** `redis://` or `rediss://`, with user and password where the server asks for them. */
  readonly url: string;
  readonly onError: (error: Error) => void;
  /** Told of the first connection, and of each one after Redis was away. */
  readonly onReady?: () => void;
  /** For `CLIENT LIST`. */
  readonly name?: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
  };
}

const COMMAND_LIMIT_MS = 5_000;
/** Longer than any blocking read of ours or of BullMQ (10 s at most). */
const SILENCE_LIMIT_MS = 20_000;
const CLOSE_LIMIT_MS = 1_000;

/**
 * A connection for short commands: none waits longer than five seconds. While Redis is away they are dropped after five
 * reconnections, about three seconds, so that what was reported as failed does not happen later.
 */
export function connectRedis({ url, onError, onReady, name, tls }: RedisPlace): Redis {
  const options = {
    // With RESP3, replies to `call` would be shaped otherwise than Lua's and older servers'.
    protocol: 2,
    retryStrategy: reconnectAfter,
    connectTimeout: 3_000,
    maxRetriesPerRequest: 5,
    commandTimeout: COMMAND_LIMIT_MS,
    socketTimeout: COMMAND_LIMIT_MS,
    // CLIENT SETINFO is a right more to give, and Redis before 7.2 does not know it.
    disableClientInfo: true,
    ...(name === undefined ? {} : { connectionName: name }),
    ...(tls === undefined ? {} : { tls }),
  } satisfies RedisOptions;
  const redis = new Redis(url, options);
  redis.on('error', onError);
  if (onReady !== undefined) redis.on('ready', onReady);
  return redis;
}

/**
 * Another connection to the same Redis for subscriptions, and for BullMQ: its commands wait until Redis is back. A subscription ends
 * with its connection, as whoever subscribed has to know of it.
 */
export function patientTwin(redis: Redis, onError: (error: Error) => void): Redis {
  const twin = redis.duplicate({
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
    socketTimeout: SILENCE_LIMIT_MS,
    autoResubscribe: false,
  });
  twin.on('error', onError);
  return twin;
}

/** Ends the connection, at most two seconds later, whether Redis answers or not; it does not come back. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  const ended = new Promise<true>((resolve) => redis.once('end', () => resolve(true)));
  if (redis.status === 'ready') redis.quit().catch(() => redis.disconnect());
  else cutRedis(redis);
  if (await Promise.race([ended, pause(CLOSE_LIMIT_MS, false, { ref: false })])) return;
  cutRedis(redis);
  await Promise.race([ended, pause(CLOSE_LIMIT_MS, false, { ref: false })]);
}

/** Ends the connection at once: every command that waits is rejected, and nothing is tried again. */
export function cutRedis(redis: Redis): void {
  if (redis.status === 'end') return;
  redis.disconnect();
  if (redis.status !== 'reconnecting') return;
  // Between two connections ioredis would only forget the next one, and leave commands waiting for ever: an attempt that is cut
  // off at once ends them all.
  redis.connect().catch(() => undefined);
  redis.disconnect();
}

/** Milliseconds before the n-th reconnection. */
function reconnectAfter(n: number): number {
  return Math.min(200 * n, 1_000);
}
