import { isFailure, isOfTheRecord } from '../../domain/answers/failure.ts';
import type { FailureReport } from '../../domain/answers/failure-report.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { type ApplyPorts, applyChange } from '../apply/apply-change.ts';
import { type PlanPorts, planChange } from '../plan/plan-change.ts';
import { ChangeRecord } from '../record/change-record.ts';

/** A job as the queue hands it out. */
export interface Job {
  readonly kind: 'plan' | 'apply';
  readonly id: ChangeId;
}

export interface JobPorts extends PlanPorts, ApplyPorts {
  /** Told of what nobody foresaw; the change then says so, too. */
  readonly onUnexpectedError: (error: unknown, job: Job) => void;
  /** Told when a job was cut, or could not reach its record: Redis may have come back without its data, and the queue forgets, too. */
  readonly onRecordLost: () => void;
}

/**
 * Does one job. What is wrong with the cluster ends in the change's record. What is wrong with the record itself (Redis away) or a
 * hand-over is thrown, so that the queue gives the job out again; anything unforeseen is a failure that people are told of.
 */
export async function doJob(job: Job, ports: JobPorts, signal: AbortSignal): Promise<void> {
  try {
    if (job.kind === 'plan') await planChange(job.id, ports, signal);
    else await applyChange(job.id, ports, signal);
  } catch (error) {
    if (signal.aborted || (isOfTheRecord(error) && !isFailure(error, 'record-full'))) ports.onRecordLost();
    if (signal.aborted) throw error;
    // An end has room in a full record; whatever was done stays done, and a new change finds it so.
    if (isFailure(error, 'record-full')) return await recordFailed(job, error.report(), ports);
    if (isOfTheRecord(error)) throw error;
    ports.onUnexpectedError(error, job);
    await recordFailed(job, UNFORESEEN, ports);
  }
}

const UNFORESEEN: FailureReport = {
  kind: 'unforeseen',
  where: 'the worker',
  what: 'The worker met an error that it does not know; it has stopped here, and its log has the details.',
  next: 'Read the worker’s log (journalctl -u registry-ha-worker) before asking again.',
};

const recordFailed = ({ id }: Job, failure: FailureReport, ports: JobPorts): Promise<void> =>
  new ChangeRecord(id, ports).journalAndPublish({ type: 'failed', at: ports.clock.now().toISOString(), failure });
