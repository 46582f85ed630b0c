import { expect, it } from 'vitest';
import type { BegunJobs } from '../../src/ports/queue.ts';

/** What every BegunJobs keeps. `next` is the view of the next worker, after this one has died. */
export function begunJobsContract(begin: () => Promise<{ jobs: BegunJobs; next: () => BegunJobs }>): void {
  const apply = { kind: 'apply', id: 'lab-7f3k2q' } as const;

  it('knows no death in a new job, nor in one that has ended', async () => {
    const { jobs, next } = await begin();
    expect(await jobs.begin({ ...apply, stepsDone: 0 })).toBe(0);
    await jobs.end(apply);
    expect(await next().begin({ ...apply, stepsDone: 0 })).toBe(0);
  });

  it('counts each worker that died in a job', async () => {
    const { jobs, next } = await begin();
    expect(await jobs.begin({ ...apply, stepsDone: 2 })).toBe(0);
    expect(await next().begin({ ...apply, stepsDone: 2 })).toBe(1);
    expect(await next().begin({ ...apply, stepsDone: 2 })).toBe(2);
  });

  it('counts anew once a step was completed', async () => {
    const { jobs, next } = await begin();
    await jobs.begin({ ...apply, stepsDone: 2 });
    await next().begin({ ...apply, stepsDone: 2 });
    expect(await next().begin({ ...apply, stepsDone: 3 })).toBe(1);
  });

  it('remembers a death while another job runs', async () => {
    const { jobs, next } = await begin();
    await jobs.begin({ ...apply, stepsDone: 0 });
    const plan = { kind: 'plan', id: 'lab-8g4m3r' } as const;
    const later = next();
    expect(await later.begin({ ...plan, stepsDone: 0 })).toBe(0);
    await later.end(plan);
    expect(await later.begin({ ...apply, stepsDone: 0 })).toBe(1);
  });
}
