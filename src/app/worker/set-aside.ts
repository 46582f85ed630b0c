import type { FailureReport } from '../../domain/answers/failure-report.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { BegunJobs, Job } from '../../ports/queue.ts';
import type { Journal } from '../../ports/record.ts';

/** Workers that may die in one job, without another completed step, before the job is set aside. */
const MOST_DEATHS = 2;

/** Notes that the job begins; true if it has killed the workers before this one and must not run again by itself. */
export async function mustBeSetAside(job: Job, begun: BegunJobs, journal: Journal): Promise<boolean> {
  const events = await journal.events(job.id);
  const stepsDone = events.filter(({ type }) => type === 'step-done').length;
  const deaths = await begun.begin({ ...job, stepsDone });
  // A change that has ended runs nothing: its end is only published.
  return deaths >= MOST_DEATHS && changeFrom(events)?.endedAt === undefined;
}

export const SET_ASIDE: FailureReport = {
  kind: 'worker-died',
  where: 'the worker',
  what: 'It died twice while it worked on this change, without completing another step. The change is set aside, so that the others can run. A job that it had started on the nodes may still be running.',
  next: `Read why in the worker’s log (\`journalctl -u registry-ha-worker\`), then ${RETRY_HINT}.`,
};
