import type { ChangeId } from '../domain/change/change.ts';

/** A cluster's queue: planning and applying, one at a time. */
export interface ChangeQueue {
  /** `attempt` makes a second approval of the same change a job of its own; adding the same one twice is one job. */
  add(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /**
   * Sees to it that the job of a change that is still open will be taken: one that was lost, given up or ended without its change is
   * queued anew.
   */
  ensure(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void>;
  /** Ids of changes that the worker will take, or has taken, before this one's job. */
  ahead(id: ChangeId): Promise<readonly ChangeId[]>;
}
