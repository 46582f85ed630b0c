import type { WorkerState } from '../../cluster/worker-state.ts';
import type { ActiveHolds } from '../../policy/active-holds.ts';
import type { MaintenanceWindow } from '../../policy/time.ts';
import type { ListedChange } from '../change-line.ts';
import type { SeenStatus } from './cluster-status.ts';

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
}
