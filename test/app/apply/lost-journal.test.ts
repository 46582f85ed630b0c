import { expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { FakeJournal } from '../../fakes/fake-journal.ts';
import {
  approvalBy,
  approvedChangeOn,
  type Bench,
  bench,
  bob,
  granted,
  plannedChange,
  stateOf,
  underWay,
} from '../bench.ts';

/** The journal as it was before `last` first occurred, as a backup has it. */
async function journalBefore(on: Bench, id: string, last: string): Promise<FakeJournal> {
  const [older, events] = [new FakeJournal(), await on.journal.events(id)];
  const end = events.findIndex(({ type }) => type === last);
  for (const event of events.slice(0, end)) await older.append(id, event);
  return older;
}

const onWith = (on: Bench, journal: FakeJournal) => ({ ...on.worker, journal });

it.each([
  ['is new', async () => new FakeJournal()],
  ['is from before the approval', (on: Bench, id: string) => journalBefore(on, id, 'approved')],
  ['is from before the steps', (on: Bench, id: string) => journalBefore(on, id, 'step-started')],
])('a change in progress is called unknown, and nothing is run, when the journal %s', async (_, journalOf) => {
  const on = bench();
  const id = await underWay(on);
  const ran = on.lab.ran.length;
  await doJob({ kind: 'apply', id }, onWith(on, await journalOf(on, id)), new AbortController().signal);
  const change = await stateOf(on, id);
  expect(change).toMatchObject({ state: 'failed', failure: { kind: 'journal-lost' } });
  expect(change?.failure?.what).toContain('What is done on node-2 is unknown');
  expect(change?.failure?.next).toContain('request the change again: it finds what is there');
  expect(on.lab.ran).toHaveLength(ran);
});

it('a worker that died between the publication of its start and its journal continues', async () => {
  const on = bench();
  const { id } = await approvedChangeOn(on);
  const append = on.journal.append.bind(on.journal);
  on.journal.append = (change, event) =>
    event.type === 'started' ? Promise.reject(new Error('killed')) : append(change, event);
  const stopped = new AbortController();
  const job = doJob({ kind: 'apply', id }, on.worker, stopped.signal);
  stopped.abort(new Error('killed'));
  await job.catch(() => undefined);
  on.journal.append = append;
  await on.work();
  expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
});

it.each([
  ['is new', async () => new FakeJournal()],
  ['is from before the steps', (on: Bench, id: string) => journalBefore(on, id, 'step-started')],
])('an undo says that it is unknown what the change did when the journal %s', async (_, journalOf) => {
  const on = bench();
  const id = await underWay(on);
  const journal = await journalOf(on, id);
  await doJob({ kind: 'apply', id }, onWith(on, journal), new AbortController().signal);
  const undo = granted(await on.undo(id));
  await doJob({ kind: 'plan', id: undo.id }, onWith(on, journal), new AbortController().signal);
  const change = await stateOf(on, undo.id);
  expect(change).toMatchObject({ state: 'refused', refusal: { refused: 'unknown-change' } });
  expect(change?.refusal?.says).toContain('it is unknown what the change did');
  expect(change?.refusal?.tryNext).toContain('Request the same add again: it finds what is there');
});

it('a change that no worker has begun is refused as before', async () => {
  const on = bench();
  const change = await plannedChange(on);
  granted(await on.decide(approvalBy(bob, change)));
  await doJob({ kind: 'apply', id: change.id }, onWith(on, new FakeJournal()), new AbortController().signal);
  expect(await stateOf(on, change.id)).toMatchObject({ state: 'refused', refusal: { refused: 'approval-invalid' } });
});
