import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { AnnouncementListener, Announcements } from '../../../ports/record.ts';
import { closeRedis, cutRedis, patientTwin } from '../server/connection.ts';
import { ALL_ANNOUNCED, clusterAnnouncedBy } from '../server/keys.ts';

/** What listening to some clusters' announcements needs. */
export interface AnnouncementsOptions {
  readonly redis: Redis;
  readonly clusters: readonly string[];
  readonly onError: (error: unknown) => void;
}

/** A connection that was cut without a word is noticed by the answer that does not come. */
const PING_EVERY_MS = 10_000;
const AGAIN_MS = 5_000;

/** Announcements of all clusters by one subscription. Redis keeps none of them for a listener who is away. */
export function redisAnnouncements({ redis, clusters, onError }: AnnouncementsOptions): Announcements {
  const known = new Set(clusters);
  return {
    async listen(listener, signal) {
      if (signal.aborted) return;
      const subscriber = patientTwin(redis, onError);
      const cut = () => cutRedis(subscriber);
      signal.addEventListener('abort', cut, { once: true });
      subscriber.on('pmessage', (_pattern, channel, id) => {
        const cluster = clusterAnnouncedBy(channel);
        if (!known.has(cluster)) return;
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

/** Subscribes as soon as Redis is there, and resolves when the connection, and the subscription with it, has ended. */
async function subscribed(subscriber: Redis, listener: AnnouncementListener, signal: AbortSignal): Promise<void> {
  await subscriber.psubscribe(ALL_ANNOUNCED);
  listener.missed();
  if (subscriber.status !== 'ready') return;
  // A ping that fails ends the connection, which is what is waited for.
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
    await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  };
