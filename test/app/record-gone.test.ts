import { expect, it } from 'vitest';
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
