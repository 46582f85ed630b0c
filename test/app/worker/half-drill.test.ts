import { expect, it } from 'vitest';
import { HalfDrill } from '../../../src/app/worker/half-drill.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import { arm, asideManifest, takeAside } from '../../../src/domain/node-commands/drill-commands.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { planDrill } from '../../../src/domain/verbs/drill/plan.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeJournal } from '../../fakes/fake-journal.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';
import { finished } from '../../fixtures/facts.ts';

const ID = 'lab-d7k2qm';
const ASIDE = asideManifest(ID);
const at = '2026-11-22T10:00:00.000Z';
const alice = { id: 'U1', name: 'alice' };
const intent = { verb: 'drill', cluster: 'lab', nodes: ['node-2'] } as const;
const { signal } = new AbortController();

function plan(): Plan {
  const made = planDrill(intent, finished(), { change: ID, at, begun: false });
  if (isRefusal(made)) throw new Error(made.says);
  return { ...made, seen: { ...made.seen, estimate: { from: 1, to: 2 } } };
}

const BEGUN: readonly ChangeEvent[] = [
  { type: 'requested', at, id: ID, intent, requester: alice, channel: 'C1' },
  { type: 'planned', at, plan: plan(), digest: 'd', expires: at },
  { type: 'started', at },
  { type: 'step-started', at, step: 'outage:node-2' },
];

/** A worker starts after these entries, while the registry is away. */
async function startedAfter(events: readonly ChangeEvent[]) {
  const [lab, journal, clock] = [new FakeLab(), new FakeJournal(), new FakeClock()];
  await lab.salt.run('bootstrap', arm(ASIDE, 300), signal);
  await lab.salt.run('bootstrap', takeAside(ASIDE), signal);
  for (const event of events) await journal.append(ID, event);
  const [back, errors]: [string[], unknown[]] = [[], []];
  const half = await HalfDrill.inJournal({
    ...{ journal, salt: lab.salt, clock },
    onBack: (change) => back.push(change),
    onNotBack: (error) => errors.push(error),
  });
  const state = async () => changeFrom(await journal.events(ID))?.state;
  return { lab, journal, clock, half, back, errors, state };
}

it('puts the registry back, removes the switch, and then ends the drill as failed', async () => {
  const { lab, half, back, state, journal } = await startedAfter(BEGUN);
  expect(half.says).toBe(
    'The drill lab-d7k2qm was interrupted. The registry of bootstrap is put back before anything else.',
  );
  await half.run(signal);
  expect(lab.drillSwitch).toMatchObject({ armed: null, aside: [], hasManifest: true });
  expect(back).toEqual([ID]);
  expect(await state()).toBe('failed');
  expect((await journal.events(ID)).at(-1)).toMatchObject({
    failure: { kind: 'drill-interrupted', where: 'bootstrap' },
  });
  expect(half.says).toBeNull();
});

it('finds nothing to put back when the node has done it, and leaves a newer manifest', async () => {
  const { lab, half, state } = await startedAfter(BEGUN);
  lab.drillSwitch.elapse();
  await half.run(signal);
  expect(lab.drillSwitch).toMatchObject({ armed: null, aside: [], hasManifest: true });
  expect(await state()).toBe('failed');
});

it('lets no job begin until the node confirms it', async () => {
  const { lab, half, clock, state } = await startedAfter(BEGUN);
  const { run } = lab.salt;
  lab.salt.run = async () => ({ ended: { is: 'unknown', says: 'Minion did not return.' }, stdout: '', stderr: '' });
  const running = half.run(signal);
  await clock.advance(200_000);
  expect(half.says).toContain('A command on bootstrap ended without a result (Minion did not return). Retrying.');
  expect(await state()).toBe('applying');
  lab.salt.run = run;
  await clock.advance(5_000);
  await running;
  expect(half.says).toBeNull();
  expect(await state()).toBe('failed');
});

it('goes on once the switch must have elapsed, and says how to put the registry back by hand', async () => {
  const { lab, half, clock, back, errors, journal } = await startedAfter(BEGUN);
  lab.salt.run = async () => ({ ended: { is: 'unknown', says: 'Minion did not return.' }, stdout: '', stderr: '' });
  const running = half.run(signal);
  await clock.advance(400_000);
  await running;
  expect(half.says).toBeNull();
  expect({ back, errors: errors.length }).toEqual({ back: [], errors: 1 });
  expect((await journal.events(ID)).at(-1)).toMatchObject({
    failure: { where: 'bootstrap', next: expect.stringContaining(`mv -nT ${ASIDE}`) },
  });
});

it.each<readonly [string, readonly ChangeEvent[]]>([
  ['that has not taken the registry away', BEGUN.slice(0, 3)],
  ['that has ended', [...BEGUN, { type: 'cancelled', at, by: alice }]],
  ['whose outage is over', [...BEGUN, { type: 'step-done', at, step: 'outage:node-2', already: false, seconds: 1 }]],
])('leaves a drill alone %s', async (_, events) => {
  const { half, lab } = await startedAfter(events);
  expect(half.says).toBeNull();
  lab.ran.length = 0;
  await half.run(signal);
  expect(lab.ran).toEqual([]);
});

it('stops with the worker', async () => {
  const { half, clock, lab } = await startedAfter(BEGUN);
  lab.salt.run = async () => ({ ended: { is: 'unknown', says: 'no answer' }, stdout: '', stderr: '' });
  const stop = new AbortController();
  const running = half.run(stop.signal);
  await clock.advance(1_500);
  stop.abort();
  await clock.advance(0);
  await running;
  expect(half.says).not.toBeNull();
});
