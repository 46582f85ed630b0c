import { expect, it } from 'vitest';
import { ChangeRecord } from '../../../src/app/record/change-record.ts';
import { approvedChangeOn, type Bench, bench, bob, granted, stateOf } from '../bench.ts';

const PROOF = { served: 1, expected: 1, archives: 1, engines: 1, engineTotal: 1, blobs: 1 };

it('the planning of an add reads the record from Redis once', async () => {
  const on = bench();
  const { id } = granted(await on.request());
  const before = on.changes.reads;
  await on.work();
  expect(on.changes.reads - before).toBe(1);
  expect((await stateOf(on, id))?.state).toBe('planned');
});

/** Reads of the record while the worker does what is queued, but for the looks, each two seconds, whether somebody has cancelled. */
async function readsAtWork(on: Bench): Promise<number> {
  let looks = 1;
  const { sleep } = on.clock;
  on.clock.sleep = async (ms, signal) => {
    await sleep.call(on.clock, ms, signal);
    if (ms === 2_000) looks += 1;
  };
  const before = on.changes.reads;
  await on.work();
  return on.changes.reads - before - looks;
}

it('an add of one node reads the record once', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const before = on.changes.events(id).length;
  expect(await readsAtWork(on)).toBeLessThanOrEqual(1);
  expect(on.changes.events(id).length - before).toBeGreaterThan(20);
  expect((await stateOf(on, id))?.state).toBe('done');
});

it('an entry of another writer costs one more read, and is not overwritten', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const { append } = on.changes;
  on.changes.append = async (change, version, event) => {
    on.changes.append = append;
    const at = on.clock.now().toISOString();
    expect(await on.changes.append(change, version, { type: 'cancel-requested', at, by: bob })).toBe(true);
    return await on.changes.append(change, version, event);
  };
  expect(await readsAtWork(on)).toBeLessThanOrEqual(2);
  const types = on.changes.events(id).map(({ type }) => type);
  expect(types.slice(3, 5)).toEqual(['cancel-requested', 'started']);
});

it('reads the record again after an append whose answer was lost', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const record = new ChangeRecord(id, on.worker);
  const at = on.clock.now().toISOString();
  const { append } = on.changes;
  on.changes.append = async (...entry) => {
    await append.call(on.changes, ...entry);
    throw new Error('The connection was cut.');
  };
  await expect(record.publish({ event: { type: 'started', at } })).rejects.toThrow('cut');
  on.changes.append = append;
  expect(await record.publish({ event: { type: 'done', at, seconds: 1, proof: PROOF } })).toBe(true);
  expect(on.changes.events(id).map(({ type }) => type)).toEqual([
    'requested',
    'planned',
    'approved',
    'started',
    'done',
  ]);
});

it('restores from the journal, once and in order, what Redis confirmed and lost', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const record = new ChangeRecord(id, on.worker);
  const at = () => on.clock.now().toISOString();
  await record.journalAndPublish({ type: 'started', at: at() });
  await record.journalAndPublish({ type: 'step-started', at: at(), step: 'mount:node-2' });
  on.changes.loseNewest(id, 2);
  await record.journalAndPublish({ type: 'done', at: at(), seconds: 1, proof: PROOF });
  expect(on.changes.events(id).map(({ type }) => type)).toEqual([
    'requested',
    'planned',
    'approved',
    'started',
    'step-started',
    'done',
  ]);
});

it('restores what Redis confirmed and lost even if the next answer was lost, too', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const record = new ChangeRecord(id, on.worker);
  const at = () => on.clock.now().toISOString();
  await record.journalAndPublish({ type: 'started', at: at() });
  const { append } = on.changes;
  on.changes.append = () => Promise.reject(new Error('The connection was cut.'));
  const step = { type: 'step-started', at: at(), step: 'mount:node-2' } as const;
  await expect(record.journalAndPublish(step)).rejects.toThrow('cut');
  on.changes.append = append;
  on.changes.loseNewest(id, 1);
  await record.journalAndPublish({ type: 'done', at: at(), seconds: 1, proof: PROOF });
  expect(
    on.changes
      .events(id)
      .map(({ type }) => type)
      .slice(3),
  ).toEqual(['started', 'step-started', 'done']);
});
