import { expect, it, vi } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { fenced } from '../../../../src/adapters/redis/server/failures.ts';
import { doJob } from '../../../../src/app/worker/do-job.ts';
import { bench as appBench, approvedChangeOn } from '../../../app/bench.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { queueBenchOfTests } from '../queue-bench.ts';

const ID = 'c1-zombie';
const bench = queueBenchOfTests();

/** A worker that takes the job and then freezes, like a stopped process; returns its fence. */
function sleepingWorker(): Promise<number> {
  const taken = Promise.withResolvers<number>();
  const asleep = Promise.withResolvers<void>();
  const work = async (_: unknown, __: AbortSignal, fence: number) => {
    taken.resolve(fence);
    await asleep.promise;
  };
  bench.start(work);
  bench.atEnd(() => asleep.resolve());
  return taken.promise;
}

it('a worker whose lock expired cannot write once another worker has taken over', async () => {
  const redis = bench.connect();
  const bot = redisChanges({ redis, cluster: 'c1', proof: EVERY_ENTRY });
  for (const [version, event] of [events.requested(ID), events.planned(ID), events.approved(ID)].entries()) {
    await bot.append(ID, version, event);
  }
  await bench.queue().add('apply', ID, 1);
  const first = await sleepingWorker();
  const zombie = redisChanges({ redis: bench.connect(), cluster: 'c1', fence: first, proof: EVERY_ENTRY });
  await zombie.stillOurs();
  expect(await zombie.append(ID, 3, events.started)).toBe(true);
  const lock = `mk8s:c1:changes:apply-${ID}-1:lock`;
  // As when the worker could not renew it in time.
  await vi.waitFor(async () => expect(await redis.del(lock)).toBe(1), PATIENT);
  const second = await sleepingWorker();
  expect(second).toBeGreaterThan(first);
  await expect(zombie.stillOurs()).rejects.toMatchObject({ kind: 'fenced' });
  await expect(zombie.append(ID, 4, events.done)).rejects.toMatchObject({ kind: 'fenced' });
  await zombie.progress(ID, events.halfway);
  const after = await bot.get(ID);
  expect(after).toMatchObject({ version: 4, change: { state: 'applying' } });
  expect(after?.progress).toEqual([]);
  const successor = redisChanges({ redis, cluster: 'c1', fence: second, proof: EVERY_ENTRY });
  expect(await successor.append(ID, 4, events.done)).toBe(true);
});

it('a fenced worker stops before its next act', async () => {
  const on = appBench();
  const { id } = await approvedChangeOn(on);
  let looks = 0;
  on.changes.stillOurs = async () => {
    looks += 1;
    if (looks > 1) throw fenced('lab');
  };
  const job = { kind: 'apply', id } as const;
  await expect(doJob(job, on.worker, new AbortController().signal)).rejects.toMatchObject({ kind: 'fenced' });
  expect(on.lab.ran.filter((line) => line.includes('state.sls'))).toEqual([]);
  expect((await on.changes.get(id))?.change.state).toBe('applying');
});
