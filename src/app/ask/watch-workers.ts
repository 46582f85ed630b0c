import { type WorkerState, workerState } from '../../domain/cluster/worker-state.ts';
import type { Fleet } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import { lookFrom, timed, type WorkerLook } from './compared-clocks.ts';

/** The states of some clusters' workers. */
export interface WatchedWorkers {
  /** Of the clusters with open changes, whose cards show it. */
  readonly busy: ReadonlyMap<string, WorkerState>;
  /** Of some others. */
  readonly others: ReadonlyMap<string, WorkerState>;
}

/** Clusters without open changes that are looked at in one round: with 1,000 clusters, each has its turn within two minutes. */
const OTHERS = 50;

export interface WatchPorts {
  readonly clusters: ReadonlyMap<string, { readonly botKey: string }>;
  readonly fleet: Pick<Fleet, 'busy' | 'workers' | 'lookForHolds'>;
  readonly clock: Clock;
  /** Hears of each look. */
  readonly onWorker?: (cluster: string, look: WorkerLook) => void;
}

/** Looks at the workers, and for freezes; each call takes the next ones of those that no card shows. */
export function workerWatch({ clusters, fleet, clock, onWorker }: WatchPorts): () => Promise<WatchedWorkers> {
  let turn = 0;
  return async () => {
    await fleet.lookForHolds();
    const busy = await fleet.busy();
    const idle = [...clusters.keys()].filter((name) => !busy.includes(name));
    if (turn >= idle.length) turn = 0;
    const others = idle.slice(turn, turn + OTHERS);
    turn += OTHERS;
    const { seen, ...at } = await timed(() => fleet.workers([...busy, ...others]), clock);
    const statesOf = (names: readonly string[]) =>
      new Map(names.map((name) => [name, workerState(seen.get(name) ?? null)] as const));
    for (const name of [...busy, ...others])
      onWorker?.(name, lookFrom(name, seen.get(name) ?? null, at, clusters.get(name)?.botKey));
    return { busy: statesOf(busy), others: statesOf(others) };
  };
}
