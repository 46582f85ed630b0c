import { describe, expect, it } from 'vitest';
import { Failure, isOfTheRecord, PlainFailure } from '../../../src/domain/answers/failure.ts';
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

  it('between a guard and its act resumes to the same end, and runs no step twice', async () => {
    const calm = bench();
    await approvedOn(calm);
    await calm.work();
    for (let guard = 1; ; guard += 1) {
      const on = bench();
      const { id } = await approvedOn(on);
      const isOver = !(await workDyingBehindGuard(guard, on));
      await on.queue.add('apply', id, guard + 1);
      await on.work();
      expect(await stateOf(on, id), `died behind guard ${guard}`).toMatchObject({ state: 'done' });
      expect(on.lab.ran, `died behind guard ${guard}`).toEqual(calm.lab.ran);
      if (isOver) {
        expect(guard).toBeGreaterThan(5);
        break;
      }
    }
  });

  /** The guard of an act looks last whether the worker still has its lease. */
  async function workDyingBehindGuard(guard: number, on: Bench): Promise<boolean> {
    const stillOurs = on.changes.stillOurs.bind(on.changes);
    const append = on.journal.append.bind(on.journal);
    let guards = 0;
    let dead = false;
    on.changes.stillOurs = async () => {
      await stillOurs();
      guards += 1;
      dead ||= guards === guard;
      if (dead) throw new Died();
    };
    on.journal.append = async (id, event) => {
      if (dead) throw new Died();
      return await append(id, event);
    };
    const { doJob } = await import('../../../src/app/worker/do-job.ts');
    await on.queue.drain(async (job) => {
      const worker = { ...on.worker, onUnexpectedError: () => undefined };
      await doJob(job, worker, new AbortController().signal).catch(() => undefined);
    });
    Object.assign(on.changes, { stillOurs });
    Object.assign(on.journal, { append });
    return dead;
  }

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

describe('a worker whose disk is full', () => {
  it('at any journal entry goes on from there once there is space, to the same end', async () => {
    const calm = bench();
    await approvedOn(calm);
    await calm.work();
    const repeated = new Map<string, readonly string[]>();
    for (let position = 1; ; position += 1) {
      const on = bench();
      const { id } = await approvedOn(on);
      const at = await workWithFullDisk(position, on);
      if (at === null) {
        expect(position).toBeGreaterThan(15);
        break;
      }
      await on.queue.add('apply', id, position + 1);
      await on.work();
      expect(await stateOf(on, id), `full at ${at}`).toMatchObject({ state: 'done', proof: { served: 5, engines: 4 } });
      if (on.lab.ran.length > calm.lab.ran.length) repeated.set(at, on.lab.ran);
      expect([...new Set(on.lab.ran)], `full at ${at}`).toEqual([...new Set(calm.lab.ran)]);
    }
    expect([...repeated.keys()]).toEqual([]);
  });

  /** The type of the entry that did not fit; null if every entry did. */
  async function workWithFullDisk(position: number, on: Bench): Promise<string | null> {
    const append = on.journal.append.bind(on.journal);
    let entries = 0;
    let full: string | null = null;
    on.journal.append = async (id, event) => {
      entries += 1;
      if (entries === position) full = event.type;
      if (full !== null) throw new PlainFailure('journal-unusable', FULL);
      return await append(id, event);
    };
    const { doJob } = await import('../../../src/app/worker/do-job.ts');
    await on.queue.drain(async (job) => {
      await doJob(job, on.worker, new AbortController().signal).catch((error: unknown) => {
        if (!isOfTheRecord(error)) throw error;
      });
    });
    on.journal.append = append;
    return full;
  }
});

const FULL = { where: 'the journal', what: 'No space left on device.', next: 'Make room.' };
