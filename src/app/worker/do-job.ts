import { isFailure, isOfTheRecord } from '../../domain/answers/failure.ts';
import type { FailureReport } from '../../domain/answers/failure-report.ts';
import type { BegunJobs, Job } from '../../ports/queue.ts';
import { type ApplyPorts, applyChange } from '../apply/apply-change.ts';
import { type PlanPorts, planChange } from '../plan/plan-change.ts';
import { ChangeRecord } from '../record/change-record.ts';
import { mustBeSetAside, SET_ASIDE } from './set-aside.ts';

export interface JobPorts extends PlanPorts, ApplyPorts {
  readonly begunJobs: BegunJobs;
  /** Called for an unexpected error; the change then fails with it. */
  readonly onUnexpectedError: (error: unknown, job: Job) => void;
  /** Called when a job was interrupted or could not reach its record, as Redis may have restarted without its data. */
  readonly onRecordLost: () => void;
}

/** Does one job, unless it has killed the workers before. Failures of the cluster and unexpected errors fail the change; an unreachable record or a handover makes the queue retry. */
export async function doJob(job: Job, ports: JobPorts, signal: AbortSignal): Promise<void> {
  try {
    if (await mustBeSetAside(job, ports.begunJobs, ports.journal)) return await recordFailed(job, SET_ASIDE, ports);
    if (job.kind === 'plan') await planChange(job.id, ports, signal);
    else await applyChange(job.id, ports, signal);
  } catch (error) {
    if (signal.aborted || (isOfTheRecord(error) && !isFailure(error, 'record-full'))) ports.onRecordLost();
    if (signal.aborted) throw error;
    // A full record still accepts its end. A new change finds the completed steps.
    if (isFailure(error, 'record-full')) return await recordFailed(job, error.report(), ports);
    if (isOfTheRecord(error)) throw error;
    ports.onUnexpectedError(error, job);
    await recordFailed(job, UNFORESEEN, ports);
  } finally {
    await ports.begunJobs.end(job);
  }
}

const UNFORESEEN: FailureReport = {
  kind: 'unforeseen',
  where: 'the worker',
  what: 'The worker stopped at an unexpected error. Its log has the details.',
  next: 'Read the worker’s log (`journalctl -u registry-ha-worker`) before you request the change again.',
};

const recordFailed = ({ id }: Job, failure: FailureReport, ports: JobPorts): Promise<void> =>
  new ChangeRecord(id, ports).journalAndPublish({ type: 'failed', at: ports.clock.now().toISOString(), failure });
