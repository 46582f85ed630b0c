import { expect, it } from 'vitest';
import { LostRecordWatch } from '../../../src/app/record/lost-record-watch.ts';
import type { Compared } from '../../../src/app/record/lost-records.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

function lostRecords(report: (which: Compared) => Promise<void>) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const end = new AbortController();
  const subject = new LostRecordWatch({ clock, report, onError: (error) => errors.push(error) });
  const running = subject.run(end.signal);
  const stop = async () => {
    end.abort();
    await running;
  };
  return { clock, errors, subject, stop };
}

it('restores nothing while a job runs', async () => {
  const order: string[] = [];
  const { clock, subject, stop } = lostRecords(async () => void order.push('told'));
  const work = Promise.withResolvers<void>();
  const job = subject.job('lab-7f3k2a', async () => {
    await work.promise;
    order.push('job ended');
  });
  subject.wake();
  await clock.advance(10_000);
  expect(order).toEqual([]);
  work.resolve();
  await job;
  await clock.advance(10_000);
  expect(order).toEqual(['job ended', 'told']);
  await stop();
});

it('a job waits for the restore, and starts even if the restore failed', async () => {
  const order: string[] = [];
  const telling = Promise.withResolvers<void>();
  const { clock, subject, errors, stop } = lostRecords(async () => {
    await telling.promise;
    throw new Error('Redis is away again');
  });
  subject.wake();
  await clock.advance(2_000);
  const job = subject.job('lab-7f3k2a', async () => void order.push('job'));
  await clock.advance(2_000);
  expect(order).toEqual([]);
  telling.resolve();
  await job;
  expect(errors).toHaveLength(1);
  await stop();
});

it('retries a failed restore until it succeeds once', async () => {
  let tries = 0;
  const { clock, subject, stop } = lostRecords(async () => {
    tries += 1;
    if (tries === 1) throw new Error('Redis is away');
  });
  await clock.advance(58_000);
  expect(tries).toBe(0);
  subject.wake();
  await clock.advance(58_000);
  expect(tries).toBe(2);
  await stop();
});

it('a failing job rejects, and does not block the restore', async () => {
  const told: true[] = [];
  const { clock, subject, stop } = lostRecords(async () => void told.push(true));
  await expect(subject.job('lab-7f3k2a', () => Promise.reject(new Error('the record is gone')))).rejects.toThrow(
    'gone',
  );
  subject.wake();
  await clock.advance(2_000);
  expect(told).toHaveLength(1);
  await stop();
});

it('compares open changes once a minute, and all of them when Redis may have lost its data', async () => {
  const compared: Compared[] = [];
  const { clock, subject, stop } = lostRecords(async (which) => void compared.push(which));
  await clock.advance(125_000);
  expect(compared).toEqual(['open', 'open']);
  subject.wake();
  await clock.advance(2_000);
  expect(compared).toEqual(['open', 'open', 'all']);
  await clock.advance(60_000);
  expect(compared).toEqual(['open', 'open', 'all', 'open']);
  await stop();
});
