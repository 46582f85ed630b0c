import { describe, expect, it } from 'vitest';
import { alice, approvalBy, approvedChangeOn, bench, granted, stateOf } from '../bench.ts';

const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const once = (until: AbortSignal) =>
  new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
const failedState = {
  is: 'failed',
  first: { id: 'Mount it', sls: 'metalk8s.archives.mounted', name: '/srv/x', comment: 'bad superblock' },
  failed: 1,
  skipped: 0,
} as const;

describe('a step that fails after somebody asked to cancel', () => {
  it('is reported: a cancel does not hide a failure', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    on.lab.saltSays.set('metalk8s.archives.mounted', failedState);
    const { call } = on.lab.salt;
    on.worker.salt.call = async (...order) => {
      await on.decide({ ...approvalBy(alice, change), kind: 'cancel' });
      await turns();
      return await call(...order);
    };
    await on.work();
    const ended = await stateOf(on, change.id);
    expect(ended).toMatchObject({ state: 'failed', failure: { detail: 'bad superblock' } });
    expect(ended?.steps['mount:node-2']?.is).toBe('failed');
  });

  it('can be closed by Cancel again', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    on.lab.saltSays.set('metalk8s.archives.mounted', failedState);
    const { call } = on.lab.salt;
    on.worker.salt.call = async (...order) => {
      const answer = await call(...order);
      await on.decide({ ...approvalBy(alice, change), kind: 'cancel' });
      return answer;
    };
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('failed');
    expect(granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' })).state).toBe('cancelled');
  });
});

describe('a click on Cancel', () => {
  it('stops the change at the next safe point, although the worker has not looked for it since', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const { clock } = on.worker;
    const sleep = clock.sleep.bind(clock);
    // The look for a cancel sleeps one second; here it never wakes up.
    clock.sleep = async (ms, until) => await (ms === 1_000 ? once(until) : sleep(ms, until));
    const { call } = on.lab.salt;
    on.worker.salt.call = async (...order) => {
      await on.decide({ ...approvalBy(alice, change), kind: 'cancel' });
      return await call(...order);
    };
    await on.work();
    const ended = await stateOf(on, change.id);
    expect(ended).toMatchObject({ state: 'cancelled', steps: { 'mount:node-2': { is: 'done' } } });
    expect(ended?.steps['solutions:node-2']?.is ?? 'pending').toBe('pending');
  });

  it('is not lost when the worker writes in the same moment', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const append = on.changes.append.bind(on.changes);
    let raced = 0;
    on.changes.append = async (id, version, event) => {
      raced += 1;
      if (raced === 1) await append(id, version, { type: 'started', at: event.at });
      return await append(id, version, event);
    };
    expect(granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' })).cancelAskedBy).toEqual(alice);
  });
});
