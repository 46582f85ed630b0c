import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import type { SeenWorker } from '../../../domain/cluster/worker-state.ts';
import type { Fleet } from '../../../ports/cards.ts';
import { seenIn } from '../lease/heartbeat.ts';
import { STATUS_DIGESTS } from '../lease/status-scripts.ts';
import { SEEN_EACH } from '../lease/worker-scripts.ts';
import { chunksOf, existing } from '../server/existing.ts';
import { clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';

export interface FleetOptions {
  readonly redis: Redis;
  /** The clusters, and whose heartbeats they accept. It is read at each call. */
  readonly clusters: ReadonlyMap<string, { readonly heartbeat: Proof }>;
}

const textsSchema = z.array(z.string());
const seenSchema = z.tuple([z.number()], z.string());

/** All clusters in a few commands. */
export function redisFleet({ redis, clusters }: FleetOptions): Fleet {
  const keyed = (key: 'open' | 'holds') => {
    let likely: ReadonlySet<string> = new Set();
    return async (): Promise<readonly string[]> => {
      const names = [...clusters.keys()];
      likely = await existing(
        redis,
        names.map((name) => clusterKeys(name)[key]),
        likely,
      );
      return names.filter((name) => likely.has(clusterKeys(name)[key]));
    };
  };
  return {
    busy: keyed('open'),
    holding: keyed('holds'),
    async workers(names) {
      const seen = new Map<string, SeenWorker | 'unverified' | null>();
      for (const chunk of chunksOf(names.filter((name) => clusters.has(name)))) {
        const keys = chunk.map((name) => clusterKeys(name).worker);
        const [now, ...texts] = seenSchema.parse(await runScript(redis, SEEN_EACH, keys));
        for (const [at, name] of chunk.entries()) {
          const proof = clusters.get(name)?.heartbeat;
          if (proof !== undefined) seen.set(name, seenIn(texts[at] ?? '', now, name, proof));
        }
      }
      return seen;
    },
    async statuses(names) {
      const digests = new Map<string, string>();
      for (const chunk of chunksOf(names)) {
        const keys = chunk.map((name) => clusterKeys(name).status);
        const each = textsSchema.parse(await runScript(redis, STATUS_DIGESTS, keys));
        for (const [at, name] of chunk.entries()) digests.set(name, each[at] ?? '');
      }
      return digests;
    },
  };
}
