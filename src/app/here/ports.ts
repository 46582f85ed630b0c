import type { ChangeId } from '../../domain/change/change.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Memory } from '../../ports/record.ts';
import type { WatchedCluster } from '../watch/inspect-all.ts';

/** What a command on the bootstrap node reads: the cluster itself and the worker's journal, but neither Redis nor Slack. None of it changes anything. */
export interface HerePorts extends WatchedCluster {
  readonly cluster: string;
  readonly clock: Clock;
  readonly memory: Memory;
  /** Whether the worker of this node runs. Never throws. */
  readonly worker: () => Promise<WorkerState>;
  /** Called for an error that is no failure of the cluster; the part is then unknown. */
  readonly onUnexpected: (error: unknown) => void;
}

/** The running worker's change, which the command would disturb, or which would disturb the command. */
export interface Busy {
  readonly busyWith: ChangeId;
}

/** The change that a worker is carrying out; null if there is none. A change whose worker is dead is interrupted: nothing runs. */
export async function changeInProgress({ memory }: Pick<HerePorts, 'memory'>): Promise<ChangeId | null> {
  return (await memory.isOpen()) ? await memory.applying() : null;
}
