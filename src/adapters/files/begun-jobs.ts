import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { changeIdSchema } from '../../domain/change/change-id.ts';
import { codeOf } from '../../domain/text/error-code.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { Data } from '../../domain/text/shape.ts';
import type { BegunJobs, Job } from '../../ports/queue.ts';
import { replaceFile } from './replace-file.ts';

/** One worker has one job; the others are of changes that have ended while their worker was dead. */
const KEPT = 20;

const count = z.number().int().nonnegative();
const begunJob = z.object({ kind: z.enum(['plan', 'apply']), id: changeIdSchema, stepsDone: count, deaths: count });
const contentSchema = z.object({ version: z.literal(1), jobs: z.array(begunJob) });
type Entry = Data<typeof begunJob>;

/** The begun jobs in a file that only one worker at a time writes. A file that cannot be read or written is logged: no death is known then. */
export function begunJobsIn(path: string, log: (says: string, fields: object) => void): BegunJobs {
  const read = async (): Promise<readonly Entry[]> => {
    try {
      return contentSchema.parse(jsonIn(await readFile(path, 'utf8'))).jobs;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') log('Begun jobs cannot be read', { path, why: codeOf(error) || 'damaged' });
      return [];
    }
  };
  const write = async (jobs: readonly Entry[]): Promise<void> => {
    try {
      await replaceFile(path, JSON.stringify({ version: 1, jobs: jobs.slice(-KEPT) }));
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
