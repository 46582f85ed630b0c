import { expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { WorkerTrouble } from '../../../src/app/worker/worker-trouble.ts';
import { Failure } from '../../../src/domain/answers/failure.ts';
import { approvedChangeOn, bench, SettableClock, stateOf } from '../bench.ts';

class DiskFull extends Failure {
  override readonly of = 'record';
  override report() {
    return { kind: 'journal-unusable', where: 'the journal', what: 'It is full.', next: 'Make room.' };
  }
}

it('a full disk pauses a change before its next act; it resumes by itself when there is space again', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const append = on.journal.append.bind(on.journal);
  let isFull = false;
  on.journal.append = async (change, event) => {
    if (event.type === 'step-started' && event.step === 'mount:node-2') isFull = true;
    if (isFull) throw new DiskFull();
    return await append(change, event);
  };
  const never = new AbortController().signal;
  const apply = () => doJob({ kind: 'apply', id }, on.worker, never);
  await expect(apply()).rejects.toThrow(DiskFull);
  const acts = on.lab.ran.length;
  expect(on.lab.ran.join('\n')).not.toContain('archives.mounted');
  const said: (string | null)[] = [];
  let looks = 0;
  const trouble = new WorkerTrouble({
    clock: on.clock,
    look: async () => {
      looks += 1;
      if (looks > 40) on.journal.append = append;
      return looks > 40 ? null : 'It is full. Make room.';
    },
    onTrouble: (says) => said.push(says),
  });
  await trouble.over(never);
  expect(on.lab.ran).toHaveLength(acts);
  // Forty looks take eighty seconds: it is logged when it begins, after a minute, and when it is over.
  expect(said).toEqual(['It is full. Make room.', 'It is full. Make room.', null]);
  await apply();
  expect((await stateOf(on, id))?.state).toBe('done');
  expect(on.surprises).toEqual([]);
});

it('a worker that is stopped does not wait for a disk', async () => {
  const end = new AbortController();
  const clock = new SettableClock();
  const trouble = new WorkerTrouble({ clock, look: async () => 'It is full.', onTrouble: () => end.abort() });
  await expect(trouble.over(end.signal)).rejects.toThrow();
  expect(trouble.says).toBe('It is full.');
});
