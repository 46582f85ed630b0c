import { type WorkerState, workerState } from '../../domain/cluster/worker-state.ts';
import type { Fleet } from '../../ports/cards.ts';

/** The states of some clusters' workers. */
export interface WatchedWorkers {
  /** Of the clusters with open changes, whose cards show it. */
  readonly busy: ReadonlyMap<string, WorkerState>;
  /** Of some others, which only monitoring wants to know. */
  readonly others: ReadonlyMap<string, WorkerState>;
}

/** Clusters without open changes that are looked at in one round: with 1,000 clusters, each has its turn within two minutes. */
const OTHERS = 50;

/** Looks at the workers, and for freezes; each call takes the next ones of those that no card shows. */
export function workerWatch({
  clusters,
  fleet,
}: {
  readonly clusters: ReadonlyMap<string, unknown>;
  readonly fleet: Pick<Fleet, 'busy' | 'workers' | 'lookForHolds'>;
}): () => Promise<WatchedWorkers> {
  let turn = 0;
  return async () => {
    await fleet.lookForHolds();
    const busy = await fleet.busy();
    const idle = [...clusters.keys()].filter((name) => !busy.includes(name));
    if (turn >= idle.length) turn = 0;
    const others = idle.slice(turn, turn + OTHERS);
    turn += OTHERS;
    const seen = await fleet.workers([...busy, ...others]);
    const statesOf = (names: readonly string[]) =>
      new Map(names.map((name) => [name, workerState(seen.get(name) ?? null)] as const));
    return { busy: statesOf(busy), others: statesOf(others) };
  };
}
