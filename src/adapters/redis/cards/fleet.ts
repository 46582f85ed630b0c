import { setImmediate as nextRound } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Proof } from '../../../domain/change/record-entry.ts';
import type { Heard } from '../../../domain/cluster/worker-state.ts';
import type { Fleet } from '../../../ports/cards.ts';
import type { Clock } from '../../../ports/clock.ts';
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
  readonly clock: Pick<Clock, 'steadyMs'>;
}

/** Heartbeats that are read without a pause: each takes a third of a millisecond. */
const AT_A_TIME = 8;

/** A little longer than the time between two looks. */
const KEPT_MS = 6_000;

/** One answer for everybody who asks within a few seconds: Redis compares 1,000 keys with as many patterns of the bot's user. */
function keptHolding(look: () => Promise<readonly string[]>, clock: FleetOptions['clock']) {
  const here = new Set<string>();
  let kept = { at: Number.NEGATIVE_INFINITY, names: Promise.resolve<readonly string[]>([]) };
  const lookForHolds = async () => {
    const names = look();
    kept = { at: clock.steadyMs(), names };
    here.clear();
    try {
      await names;
    } catch (error) {
      kept = { ...kept, at: Number.NEGATIVE_INFINITY };
      throw error;
    }
  };
  return {
    lookForHolds,
    noteHold: (cluster: string) => void here.add(cluster),
    async holding(): Promise<readonly string[]> {
      if (clock.steadyMs() - kept.at > KEPT_MS) await lookForHolds();
      return [...new Set([...(await kept.names), ...here])];
    },
  };
}

const textsSchema = z.array(z.string());
const seenSchema = z.tuple([z.number()], z.string());

/** All clusters in a few commands. */
export function redisFleet({ redis, clusters, clock }: FleetOptions): Fleet {
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
    ...keptHolding(keyed('holds'), clock),
    async workers(names) {
      const seen = new Map<string, Heard>();
      for (const chunk of chunksOf(names.filter((name) => clusters.has(name)))) {
        const keys = chunk.map((name) => clusterKeys(name).worker);
        const [now, ...texts] = seenSchema.parse(await runScript(redis, SEEN_EACH, keys));
        for (const [at, name] of chunk.entries()) {
          if (at % AT_A_TIME === 0) await nextRound();
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
