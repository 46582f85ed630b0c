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

/** A job from the queue. */
export interface Job {
  readonly kind: 'plan' | 'apply';
  readonly id: ChangeId;
}

/** A job that the worker has begun, with the completed steps of its change. */
export interface BegunJob extends Job {
  readonly stepsDone: number;
}

/** The jobs that workers of this node have begun and not ended: a worker that finds one knows that the worker before it died. */
export interface BegunJobs {
  /** Notes the job; returns how many workers have died in it since its change completed a step. */
  begin(job: BegunJob): Promise<number>;
  /** Call at the end of the job, whatever it is, and when it is handed over. */
  end(job: Job): Promise<void>;
}
