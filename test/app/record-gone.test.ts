import { expect, it } from 'vitest';
import { RedisFailed } from '../../src/adapters/redis/failures.ts';
import { doJob } from '../../src/app/do-job.ts';
import { bench, plannedChange } from './bench.ts';

it('a job that was cut because Redis lost its data says that the record is gone, and that the journal has it', async () => {
  const on = bench();
  const { id } = await plannedChange(on);
  const told: string[] = [];
  const cut = new AbortController();
  on.changes.get = async () => {
    if (cut.signal.aborted) return null;
    cut.abort(new Error('the lock is lost'));
    throw cut.signal.reason;
  };
  const onSurprise = (error: unknown) => void told.push(String(error));
  await expect(doJob({ kind: 'apply', id }, { ...on.worker, onSurprise }, cut.signal)).rejects.toThrow('lock');
  await expect.poll(() => told.join('\n')).toContain(`The record of change ${id} is gone from Redis`);
});

it('a job that lost Redis, which comes back empty later, says so as well: the queue has forgotten the job', async () => {
  const on = bench();
  const { id } = await plannedChange(on);
  const told: string[] = [];
  let looks = 0;
  on.changes.get = async () => {
    looks += 1;
    if (looks > 4) return null;
    throw new RedisFailed(new Error('read ECONNRESET'));
  };
  const onSurprise = (error: unknown) => void told.push(String(error));
  await expect(
    doJob({ kind: 'apply', id }, { ...on.worker, onSurprise }, new AbortController().signal),
  ).rejects.toThrow(RedisFailed);
  await expect.poll(() => told.join('\n')).toContain(`The record of change ${id} is gone from Redis`);
});
