import type { ChangeId } from '../domain/change/change.ts';

/** A cluster's queue: planning and applying, one at a time. */
export interface ChangeQueue {
  /** Idempotent for the same `attempt`; a second approval of a change gets a new attempt, and so its own job. */
  add(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /** Queues the job of an open change again if it was lost, was abandoned, or ended before its change. */
  ensure(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /** Removes a job that has not begun. A running job stays. */
  withdraw(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /** IDs of changes whose jobs run before this change's job. */
  ahead(id: ChangeId): Promise<readonly ChangeId[]>;
}
