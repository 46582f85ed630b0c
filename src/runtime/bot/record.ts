import { redisAnnouncements } from '../../adapters/redis/cards/announcements.ts';
import { redisCards } from '../../adapters/redis/cards/cards.ts';
import { redisFleet } from '../../adapters/redis/cards/fleet.ts';
import { redisHolds } from '../../adapters/redis/cards/holds.ts';
import { redisOnce } from '../../adapters/redis/cards/once.ts';
import { redisReplicas } from '../../adapters/redis/cards/replicas.ts';
import { redisDailyChecks, redisTold } from '../../adapters/redis/cards/told.ts';
import { redisDryRuns } from '../../adapters/redis/lease/dry-runs.ts';
import { redisHeartbeat } from '../../adapters/redis/lease/heartbeat.ts';
import { redisProofs } from '../../adapters/redis/lease/proofs.ts';
import { redisStatus } from '../../adapters/redis/lease/status.ts';
import { changeQueue } from '../../adapters/redis/queue/queue.ts';
import { redisChanges } from '../../adapters/redis/record/changes.ts';
import { EntryCache } from '../../adapters/redis/record/record-reader.ts';
import { closeRedis } from '../../adapters/redis/server/connection.ts';
import { serverExpires } from '../../adapters/redis/server/server-certificate.ts';
import type { BotConfig } from '../../config/bot-config.ts';
import { redisAddress } from '../../config/redis-config.ts';
import { systemClock as clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { openRedis, type RedisConnection, redisErrors } from '../redis.ts';
import type { BotProofs, ClusterProofs } from './proofs.ts';

/** The bot's view of Redis: cards and announcements of all clusters that are served now, and a record and queue for each. `onReady` is called at each connection. */
export function botRecord(
  config: BotConfig,
  proofs: BotProofs,
  served: ReadonlyMap<string, Pick<ClusterProofs, 'heartbeat'>>,
  log: Log,
  onReady: (redis: RedisConnection) => void = () => undefined,
) {
  const clusters = { [Symbol.iterator]: () => served.keys() };
  const onError = redisErrors(log);
  const redis = openRedis(redisAddress(config.redis, config.secrets), 'registry-ha-bot', log, onReady);
  const cache = new EntryCache();
  const onForged = (change: string) => log.error({ change }, 'Place of a card in Redis is not signed by a bot');
  const onNewer = (change: string) =>
    log.warn({ change }, 'A newer version posted this card, so this version leaves it alone');
  return {
    fleet: redisFleet({ redis, clusters: served, clock }),
    cards: redisCards({ redis, clusters, clock, proof: proofs.cards, onForged, onNewer }),
    once: redisOnce({ redis, clusters }),
    replicas: redisReplicas({ redis, clusters }),
    announcements: redisAnnouncements({ redis, clusters, onError }),
    isReachable: () => redis.status === 'ready',
    /** When the certificate of Redis expires; null while that is unknown, or without TLS. */
    serverExpires: () => serverExpires(redis),
    /** The record and the queue of a cluster; close its queue. */
    open: (cluster: string, own: ClusterProofs) => clusterRecord({ redis, cluster, cache, onError }, own, proofs),
    /** Drops what was checked with former keys of a cluster. */
    forget: (cluster: string) => cache.forget(cluster),
    close: () => closeRedis(redis),
  };
}

export type BotRecord = ReturnType<typeof botRecord>;

interface Place {
  readonly redis: ReturnType<typeof openRedis>;
  readonly cluster: string;
  readonly cache: EntryCache;
  readonly onError: ReturnType<typeof redisErrors>;
}

function clusterRecord(
  { redis, cluster, cache, onError }: Place,
  { entries, heartbeat, status, proof, dryRun, botKey }: ClusterProofs,
  { told, holds }: Pick<BotProofs, 'told' | 'holds'>,
) {
  const place = { redis, cluster };
  return {
    botKey,
    heartbeat,
    changes: redisChanges({ ...place, proof: entries, cache }),
    worker: redisHeartbeat({ ...place, clock, proof: heartbeat }),
    queue: changeQueue({ ...place, onError }),
    board: redisStatus({ ...place, proof: status }),
    proofBoard: redisProofs({ ...place, proof }),
    dryRuns: redisDryRuns({ ...place, proof: dryRun }),
    told: redisTold({ ...place, proof: told }),
    dailyChecks: redisDailyChecks({ ...place, proof: told }),
    holds: redisHolds({ ...place, proof: holds }),
  };
}

/** The bot's view of one cluster in Redis. */
export type ClusterRecord = ReturnType<typeof clusterRecord>;
