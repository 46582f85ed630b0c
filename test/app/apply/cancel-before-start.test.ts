import { describe, expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { FakeChanges } from '../../fakes/fake-changes.ts';
import { alice, applyAgain, approvalBy, approvedChangeOn, type Bench, bench, bob, granted, stateOf } from '../bench.ts';

const cancelBy = (on: Bench, change: Parameters<typeof approvalBy>[1]) =>
  on.decide({ ...approvalBy(alice, change), kind: 'cancel' });

const journalled = async (on: Bench, id: string) => (await on.journal.events(id)).map(({ type }) => type);

describe('a cancel of a change that no worker has begun', () => {
  it('takes effect at once, even without a worker', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    expect(granted(await cancelBy(on, change))).toMatchObject({ state: 'cancelled', cancelledBy: alice });
    expect(await on.changes.open()).toEqual([]);
    await on.work();
    expect(on.lab.ran).toEqual([]);
    expect((await stateOf(on, change.id))?.state).toBe('cancelled');
  });

  it.each(['started', 'approved'])('wins against a worker that was about to write “%s”', async (about) => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const cancelOnce = async () => {
      if ((await stateOf(on, change.id))?.state === 'approved') granted(await cancelBy(on, change));
    };
    const { append } = on.changes;
    on.changes.append = async (id, version, event) => {
      if (event.type === about) await cancelOnce();
      return await append.call(on.changes, id, version, event);
    };
    const write = on.journal.append.bind(on.journal);
    on.journal.append = async (id, event) => {
      if (event.type === about) await cancelOnce();
      return await write(id, event);
    };
    await on.work();
    expect(on.lab.ran).toEqual([]);
    const types = on.changes.events(change.id).map(({ type }) => type);
    expect(types).toEqual(['requested', 'planned', 'approved', 'cancelled']);
    expect((await journalled(on, change.id)).at(-1)).toBe('cancelled');
    expect(on.surprises).toEqual([]);
  });

  it('stays in effect even if Redis loses it', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const approved = on.changes.events(change.id);
    granted(await cancelBy(on, change));
    await on.work();
    const forgetful = new FakeChanges('lab');
    for (const [version, event] of approved.entries()) await forgetful.append(change.id, version, event);
    const job = { kind: 'apply', id: change.id } as const;
    await doJob(job, { ...on.worker, changes: forgetful }, new AbortController().signal);
    expect(on.lab.ran).toEqual([]);
    expect((await forgetful.get(change.id))?.change).toMatchObject({ state: 'cancelled', cancelledBy: alice });
  });

  it('that comes after the start stops the change at its next safe point', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const { copy } = on.lab.copier;
    on.worker.copier.copy = async (...order) => {
      await copy(...order);
      expect(granted(await cancelBy(on, change))).toMatchObject({ state: 'applying', cancelAskedBy: alice });
      on.worker.copier.copy = copy;
      // The worker looks for the wish by the fake clock, which lets two seconds pass with each turn of the event loop.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('cancelled');
  });
});

it('a worker that died between asking whether it may begin and writing it down begins once', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const write = on.journal.append.bind(on.journal);
  on.journal.append = async (change, event) => {
    if (event.type === 'started') throw new Error('dead');
    return await write(change, event);
  };
  const dying = {
    ...on.worker,
    onUnexpectedError: () => {
      throw new Error('dead');
    },
  };
  await expect(doJob({ kind: 'apply', id }, dying, new AbortController().signal)).rejects.toThrow('dead');
  expect(on.lab.ran).toEqual([]);
  on.journal.append = write;
  await applyAgain(on, id);
  expect(await stateOf(on, id)).toMatchObject({ state: 'done', approver: bob });
  expect((await journalled(on, id)).filter((type) => type === 'started')).toHaveLength(1);
  expect(on.changes.events(id).filter(({ type }) => type === 'started')).toHaveLength(1);
});
