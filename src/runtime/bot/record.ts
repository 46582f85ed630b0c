import { redisAnnouncements } from '../../adapters/redis/cards/announcements.ts';
import { redisCards } from '../../adapters/redis/cards/cards.ts';
import { redisFleet } from '../../adapters/redis/cards/fleet.ts';
import { redisHolds } from '../../adapters/redis/cards/holds.ts';
import { redisOnce } from '../../adapters/redis/cards/once.ts';
import { redisTold } from '../../adapters/redis/cards/told.ts';
import { redisDryRuns } from '../../adapters/redis/lease/dry-runs.ts';
import { redisHeartbeat } from '../../adapters/redis/lease/heartbeat.ts';
import { redisProofs } from '../../adapters/redis/lease/proofs.ts';
import { redisStatus } from '../../adapters/redis/lease/status.ts';
import { changeQueue } from '../../adapters/redis/queue/queue.ts';
import { redisChanges } from '../../adapters/redis/record/changes.ts';
import { EntryCache } from '../../adapters/redis/record/record-reader.ts';
import { closeRedis } from '../../adapters/redis/server/connection.ts';
import type { BotConfig } from '../../config/bot-config.ts';
import { redisAddress } from '../../config/redis-config.ts';
import { systemClock as clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { openRedis, redisErrors } from '../redis.ts';
import type { BotProofs } from './proofs.ts';

/** The bot's view of Redis: record and queue of each cluster, cards, and announcements of all clusters. */
export function botRecord(config: BotConfig, proofs: BotProofs, log: Log) {
  const onError = redisErrors(log);
  const redis = openRedis(redisAddress(config.redis, config.secrets.redisPassword), 'registry-ha-bot', log);
  const names = [...proofs.clusters.keys()];
  const cache = new EntryCache();
  const onForged = (change: string) => log.error({ change }, 'Place of a card in Redis is not signed by a bot');
  const clusters = new Map(
    [...proofs.clusters].map(([cluster, { entries, heartbeat, status, proof, dryRun }]) => {
      const place = { redis, cluster };
      const changes = redisChanges({ ...place, proof: entries, cache });
      const worker = redisHeartbeat({ ...place, clock, proof: heartbeat });
      const queue = changeQueue({ ...place, onError });
      const board = redisStatus({ ...place, proof: status });
      const proofBoard = redisProofs({ ...place, proof });
      const dryRuns = redisDryRuns({ ...place, proof: dryRun });
      const told = redisTold({ ...place, proof: proofs.told });
      const toldDaily = redisTold({ ...place, proof: proofs.told, isDaily: true });
      const holds = redisHolds(place);
      return [cluster, { changes, queue, holds, worker, board, proofBoard, dryRuns, told, toldDaily }] as const;
    }),
  );
  return {
    clusters,
    fleet: redisFleet({ redis, clusters: proofs.clusters, clock }),
    cards: redisCards({ redis, clusters: names, clock, proof: proofs.cards, onForged }),
    once: redisOnce({ redis, clusters: names }),
    announcements: redisAnnouncements({ redis, clusters: names, onError }),
    isReachable: () => redis.status === 'ready',
    async close() {
      await Promise.all([...clusters.values()].map(({ queue }) => queue.close()));
      await closeRedis(redis);
    },
  };
}

export type BotRecord = ReturnType<typeof botRecord>;
