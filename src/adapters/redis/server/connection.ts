import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import { isSentinelLogin, redisWord } from './recover.ts';

/** One server, or the primary that Sentinels name. */
export type RedisAt =
  /** `redis://` or `rediss://`, with user and password if required. */
  | { readonly url: string }
  | {
      readonly sentinels: {
        readonly name: string;
        readonly hosts: readonly { readonly host: string; readonly port: number }[];
        readonly username?: string | undefined;
        readonly password?: string | undefined;
        /** The login at the Sentinels themselves. */
        readonly at?: { readonly username?: string | undefined; readonly password?: string | undefined };
      };
    };

/** Options of a connection; ioredis reconnects by itself. */
export type RedisPlace = RedisAt & {
  readonly onError: (error: Error) => void;
  /** Called at the first connection and at each reconnection. */
  readonly onReady?: () => void;
  /** For `CLIENT LIST`. */
  readonly name?: string;
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;
};

const COMMAND_LIMIT_MS = 5_000;
/** Longer than any blocking read (10 s at most, in BullMQ). */
const SILENCE_LIMIT_MS = 20_000;
const CLOSE_LIMIT_MS = 1_000;

/** A connection for short commands: they time out, and fail in an outage after about 3 s, so that none runs later. */
export function connectRedis(place: RedisPlace): Redis {
  const { onError, onReady, name, tls } = place;
  const options = {
    // RESP3 changes the shape of replies to `call`.
    protocol: 2,
    retryStrategy: reconnectAfter,
    // The server is not, or not yet, a primary with all data: a new connection may reach another server, or finds out when it is ready.
    reconnectOnError: (error) => AWAY.has(redisWord(error)),
    connectTimeout: 3_000,
    maxRetriesPerRequest: 5,
    commandTimeout: COMMAND_LIMIT_MS,
    socketTimeout: COMMAND_LIMIT_MS,
    // CLIENT SETINFO needs one more permission, and Redis before 7.2 does not support it.
    disableClientInfo: true,
    ...(name === undefined ? {} : { connectionName: name }),
    ...(tls === undefined ? {} : { tls }),
  } satisfies RedisOptions;
  const redis =
    'url' in place
      ? new Redis(place.url, options)
      : new Redis({ ...options, ...sentinelOptions(place.sentinels, tls) });
  redis.on('error', onError);
  // Said even where another Sentinel accepts the login: the next failover may meet only those that do not.
  redis.on('sentinelError', (error: Error) => {
    if (isSentinelLogin(error)) onError(error);
  });
  keepOpen(redis, onError);
  if (onReady !== undefined) redis.on('ready', onReady);
  return redis;
}

/** Error codes after which the connection must be opened anew (Redis source, `shared` errors in server.c). */
const AWAY: ReadonlySet<string> = new Set(['READONLY', 'LOADING', 'MASTERDOWN', 'UNBLOCKED']);

function sentinelOptions(
  { name, hosts, username, password, at = {} }: Extract<RedisAt, { sentinels: unknown }>['sentinels'],
  tls: RedisPlace['tls'],
) {
  return {
    name,
    sentinels: [...hosts],
    sentinelRetryStrategy: reconnectAfter,
    // Not failoverDetector: the messages of several Sentinels cut the connection attempt of the first (ioredis 5, SentinelConnector), which
    // ends it for good. A demoted primary answers READONLY or UNBLOCKED, and a dead one closes its connections.
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(at.username === undefined ? {} : { sentinelUsername: at.username }),
    ...(at.password === undefined ? {} : { sentinelPassword: at.password }),
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  } satisfies RedisOptions;
}

/** A connection for subscriptions and BullMQ: commands wait for Redis; a subscription ends visibly with its connection. */
export function patientTwin(redis: Redis, onError: (error: Error) => void): Redis {
  const twin = redis.duplicate({
    maxRetriesPerRequest: null,
    commandTimeout: undefined,
    socketTimeout: SILENCE_LIMIT_MS,
    autoResubscribe: false,
  });
  twin.on('error', onError);
  keepOpen(twin, onError);
  return twin;
}

/** Connections that we have closed. */
const closed = new WeakSet<Redis>();

/** Connects again after an end that is not ours: ioredis gives up for good when an attempt is cut at the wrong moment. */
function keepOpen(redis: Redis, onError: (error: Error) => void): void {
  redis.on('end', () => {
    const again = () => {
      if (!closed.has(redis) && redis.status === 'end') redis.connect().catch(onError);
    };
    setTimeout(again, reconnectAfter(1)).unref();
  });
}

/** Closes the connection for good within two seconds, even if Redis does not answer. */
export async function closeRedis(redis: Redis): Promise<void> {
  closed.add(redis);
  if (redis.status === 'end') return;
  const ended = new Promise<true>((resolve) => redis.once('end', () => resolve(true)));
  if (redis.status === 'ready') redis.quit().catch(() => redis.disconnect());
  else cutRedis(redis);
  if (await Promise.race([ended, pause(CLOSE_LIMIT_MS, false, { ref: false })])) return;
  cutRedis(redis);
  await Promise.race([ended, pause(CLOSE_LIMIT_MS, false, { ref: false })]);
}

/** Closes the connection at once: rejects every pending command, without retries. */
export function cutRedis(redis: Redis): void {
  closed.add(redis);
  if (redis.status === 'end') return;
  redis.disconnect();
  if (redis.status !== 'reconnecting') return;
  // While reconnecting, ioredis only cancels the next attempt, and pending commands would wait forever. An attempt that is cut at
  // once rejects them.
  redis.connect().catch(() => undefined);
  redis.disconnect();
}

/** Milliseconds before the n-th reconnection. */
function reconnectAfter(n: number): number {
  return Math.min(200 * n, 1_000);
}
