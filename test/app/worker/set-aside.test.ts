import { describe, expect, it } from 'vitest';
import { approvalBy, type Bench, bench, bob, granted, plannedChange } from '../bench.ts';

/** An approved change, in whose job workers have died before its first step. */
async function approvedAfterDeaths(on: Bench, deaths: number): Promise<string> {
  const { id } = granted(await on.decide(approvalBy(bob, await plannedChange(on))));
  for (let death = 0; death < deaths; death += 1) await on.worker.begunJobs.begin({ kind: 'apply', id, stepsDone: 0 });
  return id;
}

const changeOf = async (on: Bench, id: string) => (await on.changes.get(id))?.change;

describe('a job in which workers died', () => {
  it('runs on after one death', async () => {
    const on = bench();
    const id = await approvedAfterDeaths(on, 1);
    await on.work();
    expect((await changeOf(on, id))?.state).toBe('done');
  });

  it('is set aside after two: the change fails and says so, and nothing runs', async () => {
    const on = bench();
    const id = await approvedAfterDeaths(on, 2);
    await on.work();
    expect(await changeOf(on, id)).toMatchObject({
      state: 'failed',
      failure: { kind: 'worker-died', what: expect.stringContaining('died twice') },
    });
    expect(on.lab.ran).toEqual([]);
    expect((await on.journal.events(id)).at(-1)?.type).toBe('failed');
  });

  it('runs again when somebody clicks Retry', async () => {
    const on = bench();
    const id = await approvedAfterDeaths(on, 2);
    await on.work();
    const failed = await changeOf(on, id);
    if (failed === undefined) throw new Error('the change is not stored');
    granted(await on.decide({ ...approvalBy(bob, failed), kind: 'retry' }));
    await on.work();
    expect((await changeOf(on, id))?.state).toBe('done');
  });
});
