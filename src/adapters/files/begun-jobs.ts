import { z } from 'zod';
import { changeIdSchema } from '../../domain/change/change-id.ts';
import { codeOf } from '../../domain/text/error-code.ts';
import type { Data } from '../../domain/text/shape.ts';
import type { BegunJobs, Job } from '../../ports/queue.ts';
import { readNumbered, writeNumbered } from './numbered-file.ts';

/** One worker has one job; the others are of changes that have ended while their worker was dead. */
const KEPT = 20;

const count = z.number().int().nonnegative();
const begunJob = z.object({ kind: z.enum(['plan', 'apply']), id: changeIdSchema, stepsDone: count, deaths: count });
const contentSchema = z.object({ jobs: z.array(begunJob) });
type Entry = Data<typeof begunJob>;

/** The begun jobs in a file that only one worker at a time writes. A file that cannot be read or written is logged: no death is known then. */
export function begunJobsIn(path: string, log: (says: string, fields: object) => void): BegunJobs {
  const read = async (): Promise<readonly Entry[]> => {
    const stored = await readNumbered(path, contentSchema);
    if (stored === null) return [];
    if ('content' in stored) return stored.content.jobs;
    log('Begun jobs cannot be read', { path, why: stored.why });
    return [];
  };
  const write = async (jobs: readonly Entry[]): Promise<void> => {
    try {
      await writeNumbered(path, { jobs: jobs.slice(-KEPT) });
    } catch (error) {
      log('Begun jobs cannot be written; a job that kills the worker is not noticed', { path, why: codeOf(error) });
    }
  };
  return {
    async begin({ kind, id, stepsDone }) {
      const before = await read();
      const deaths = deathsIn(before.find(isJob({ kind, id })), stepsDone);
      await write([...before.filter((one) => !isJob({ kind, id })(one)), { kind, id, stepsDone, deaths }]);
      return deaths;
    },
    async end(job) {
      const before = await read();
      if (before.some(isJob(job))) await write(before.filter((one) => !isJob(job)(one)));
    },
  };
}

const isJob =
  ({ kind, id }: Job) =>
  (one: Job): boolean =>
    one.kind === kind && one.id === id;

/** An entry that is still there at the next begin is one more death. */
function deathsIn(begun: Entry | undefined, stepsDone: number): number {
  if (begun === undefined) return 0;
  return begun.stepsDone < stepsDone ? 1 : begun.deaths + 1;
}
