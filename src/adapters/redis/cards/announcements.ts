import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { AnnouncementListener, Announcements } from '../../../ports/record.ts';
import { closeRedis, cutRedis, patientTwin } from '../server/connection.ts';
import { ALL_ANNOUNCED, clusterAnnouncedBy } from '../server/keys.ts';

/** Options of a listener. */
export interface AnnouncementsOptions {
  readonly redis: Redis;
  /** They may change; each announcement looks. */
  readonly clusters: Iterable<string>;
  readonly onError: (error: unknown) => void;
}

/** Detects a silently lost connection by a missing answer. */
const PING_EVERY_MS = 10_000;
const RETRY_MS = 5_000;

/** Announcements of all clusters by one subscription. Redis does not keep them for an absent listener. */
export function redisAnnouncements({ redis, clusters, onError }: AnnouncementsOptions): Announcements {
  return {
    async listen(listener, signal) {
      if (signal.aborted) return;
      const subscriber = patientTwin(redis, onError);
      const cut = () => cutRedis(subscriber);
      signal.addEventListener('abort', cut, { once: true });
      subscriber.on('pmessage', (_pattern, channel, id) => {
        const cluster = clusterAnnouncedBy(channel);
        if (![...clusters].includes(cluster)) return;
        if (isChangeId(id, cluster)) listener.changed(id);
        else onError(new TypeError(`An announcement of ${cluster} does not name a change of that cluster.`));
      });
      try {
        while (!signal.aborted) await subscribed(subscriber, listener, signal).catch(failed(onError, signal));
      } finally {
        signal.removeEventListener('abort', cut);
        await closeRedis(subscriber);
      }
    },
  };
}

/** Subscribes once Redis is reachable, and resolves when the connection ends, and the subscription with it. */
async function subscribed(subscriber: Redis, listener: AnnouncementListener, signal: AbortSignal): Promise<void> {
  await subscriber.psubscribe(ALL_ANNOUNCED);
  listener.missed();
  if (subscriber.status !== 'ready') return;
  // A failed ping ends the connection, which `close` below waits for.
  const pings = setInterval(() => subscriber.ping().catch(() => undefined), PING_EVERY_MS);
  try {
    await once(subscriber, 'close', { signal });
  } finally {
    clearInterval(pings);
  }
}

const failed =
  (onError: (error: unknown) => void, signal: AbortSignal) =>
  async (error: unknown): Promise<void> => {
    if (signal.aborted) return;
    onError(error);
    await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
  };
