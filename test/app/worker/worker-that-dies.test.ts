import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/domain/answers/failure.ts';
import { approvalBy, type Bench, bench, bob, granted, plannedChange } from '../bench.ts';

async function approvedOn(on: Bench) {
  const change = await plannedChange(on);
  return granted(await on.decide(approvalBy(bob, change)));
}

const stateOf = async (on: Bench, id: string) => (await on.changes.get(id))?.change;

/** The process dies right after an entry reached the journal, before anybody else heard of it. */
class Died extends Error {}

describe('a worker that dies', () => {
  it('after any journal entry resumes to the same end, and runs no step twice', async () => {
    const calm = bench();
    await approvedOn(calm);
    await calm.work();
    const acts = calm.lab.ran;
    for (let position = 1; ; position += 1) {
      const on = bench();
      const { id } = await approvedOn(on);
      const died = await workDyingAt(position, on);
      if (!died) {
        expect(position).toBeGreaterThan(15);
        break;
      }
      await on.queue.add('apply', id, position + 1);
      await on.work();
      expect(await stateOf(on, id), `died at entry ${position}`).toMatchObject({
        state: 'done',
        proof: { served: 5, engines: 4 },
      });
      expect(on.lab.ran, `died at entry ${position}`).toEqual(acts);
    }
  });

  async function workDyingAt(position: number, on: Bench): Promise<boolean> {
    const append = on.journal.append.bind(on.journal);
    let entries = 0;
    let dead = false;
    on.journal.append = async (id, event) => {
      if (dead) throw new Died();
      const mark = await append(id, event);
      entries += 1;
      dead = entries === position;
      if (dead) throw new Died();
      return mark;
    };
    const { doJob } = await import('../../../src/app/worker/do-job.ts');
    await on.queue.drain(async (job) => {
      const failed = await doJob(
        job,
        { ...on.worker, onUnexpectedError: () => undefined },
        new AbortController().signal,
      ).catch((error: unknown) => error);
      if (failed !== undefined && !(failed instanceof Died) && !(failed instanceof Failure)) throw failed;
    });
    on.journal.append = append;
    return dead;
  }
});
