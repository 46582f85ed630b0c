import { redisCards } from '../../adapters/redis/cards/cards.ts';
import { redisHolds } from '../../adapters/redis/cards/holds.ts';
import { redisDryRuns } from '../../adapters/redis/lease/dry-runs.ts';
import type { Fence } from '../../adapters/redis/lease/fence.ts';
import { redisHeartbeat } from '../../adapters/redis/lease/heartbeat.ts';
import { redisProofs } from '../../adapters/redis/lease/proofs.ts';
import { redisStatus } from '../../adapters/redis/lease/status.ts';
import { redisChanges } from '../../adapters/redis/record/changes.ts';
import { EntryCache } from '../../adapters/redis/record/record-reader.ts';
import { closeRedis } from '../../adapters/redis/server/connection.ts';
import { serverExpires } from '../../adapters/redis/server/server-certificate.ts';
import { redisAddress } from '../../config/redis-config.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import { systemClock as clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { openRedis, sayBadSettings } from '../redis.ts';
import { VERSION } from '../version.ts';
import type { WorkerProofs } from './proofs.ts';

/** The worker's view of Redis. `onReady` is called at each connection, because Redis may have lost data before it. */
export function workerRecord(config: WorkerConfig, proofs: WorkerProofs, log: Log, onReady: () => void) {
  const { cluster } = config;
  const address = redisAddress(config.redis, config);
  const redis = openRedis(address, `registry-ha-worker-${cluster}`, log, (ready) => {
    onReady();
    void sayBadSettings(ready, log);
  });
  const record = { redis, cluster, clock, proof: proofs.entries, cache: new EntryCache() };
  const onForged = (change: string) => log.error({ change }, 'Place of a card in Redis is not signed by a bot');
  const about = { version: VERSION, trusts: proofs.trusts };
  return {
    redis,
    changes: redisChanges(record),
    /** The same changes; writes fail once another worker has taken over. */
    fencedChanges: (fence: Fence) => redisChanges({ ...record, fence }),
    cards: redisCards({ redis, clusters: [cluster], clock, proof: proofs.cards, onForged }),
    holds: redisHolds({ redis, cluster, proof: proofs.holds }),
    life: redisHeartbeat({ redis, cluster, clock, proof: proofs.heartbeat, about }),
    board: redisStatus({ redis, cluster, proof: proofs.status }),
    proofBoard: redisProofs({ redis, cluster, proof: proofs.proof }),
    dryRuns: redisDryRuns({ redis, cluster, proof: proofs.dryRun }),
    /** When the certificate of Redis expires; null while that is unknown, or without TLS. */
    serverExpires: () => serverExpires(redis),
    close: () => closeRedis(redis),
  };
}
