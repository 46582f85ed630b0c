import type { WorkerState } from '../../cluster/worker-state.ts';
import type { ActiveHolds } from '../../policy/active-holds.ts';
import type { MaintenanceWindow } from '../../policy/time.ts';
import type { ListedChange } from '../change-line.ts';
import type { SeenStatus } from './cluster-status.ts';

/** What a command on the bootstrap node knows, which has inspected the cluster itself and asked neither Redis nor the bot. */
export interface InspectedHere {
  /** Why the open changes could not be read in the journal; null if they were. */
  readonly unread: string | null;
}

/** What is known of one cluster. */
export interface ClusterView {
  readonly cluster: string;
  readonly seen: SeenStatus;
  readonly worker: WorkerState;
  readonly open: readonly ListedChange[];
  readonly held: ActiveHolds;
  readonly windows: readonly MaintenanceWindow[];
  /** Whether a new inspection was asked for; `late`: it did not come in time. */
  readonly fresh: 'none' | 'asked' | 'late' | 'arrived';
  /** Only on the bootstrap node; its `held` and `windows` are then empty because they are not known. */
  readonly here?: InspectedHere;
}
