import { expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import {
  applyAgain,
  approvalBy,
  approvedChangeOn,
  type Bench,
  bench,
  bob,
  granted,
  plannedChange,
  stateOf,
} from '../bench.ts';

const drill: Intent = { verb: 'drill', cluster: 'lab', nodes: ['node-2'] };

/** node-2 has a registry, and a drill of it is approved. */
async function approvedDrill(): Promise<{ readonly on: Bench; readonly id: string }> {
  const on = bench();
  await approvedChangeOn(on);
  await on.work();
  const change = await plannedChange(on, drill);
  granted(await on.decide(approvalBy(bob, change)));
  on.lab.ran.length = 0;
  return { on, id: change.id };
}

/** The worker is cut off right after this entry of its journal, before Redis has it. */
async function cutAfter(on: Bench, isTime: (event: ChangeEvent) => boolean): Promise<void> {
  const append = on.journal.append.bind(on.journal);
  const cut = new AbortController();
  on.journal.append = async (id, event) => {
    const mark = await append(id, event);
    if (!isTime(event)) return mark;
    cut.abort(new Error('the lock is lost'));
    throw cut.signal.reason;
  };
  await on.work(cut.signal).catch(() => undefined);
  on.journal.append = append;
}

const isStep = (type: 'step-started' | 'step-done', step: string) => (event: ChangeEvent) =>
  event.type === type && event.step === step;
const taken = ({ lab }: Bench) =>
  lab.ran.filter((line) => line.includes('# Moves the manifest of the registry')).length;
const armed = ({ lab }: Bench) => lab.ran.filter((line) => line.includes('# Arms the switch')).length;

it('a drill ends with how long the registry was away, and what came through whom', async () => {
  const { on, id } = await approvedDrill();
  await on.work();
  expect(await stateOf(on, id)).toMatchObject({
    state: 'done',
    proof: { drilled: { engine: 'node-1', image: 'metalk8s-128.0.1/pause:3.9', through: ['node-2'] } },
  });
  expect(taken(on)).toBe(1);
});

it('a worker that is cut off after the outage completes the drill without a second one', async () => {
  const { on, id } = await approvedDrill();
  await cutAfter(on, isStep('step-done', 'outage:node-2'));
  await applyAgain(on, id);
  expect(await stateOf(on, id)).toMatchObject({ state: 'done', proof: { drilled: { engine: 'node-1' } } });
  expect({ taken: taken(on), armed: armed(on) }).toEqual({ taken: 1, armed: 1 });
  expect(on.lab.drillSwitch).toMatchObject({ hasManifest: true, armed: null });
});

it('a worker that is cut off before the outage continues', async () => {
  const { on, id } = await approvedDrill();
  await cutAfter(on, isStep('step-done', 'arm:bootstrap'));
  await applyAgain(on, id);
  expect((await stateOf(on, id))?.state).toBe('done');
  expect(armed(on)).toBe(1);
});

it('an unexpected error of the worker itself puts the registry back, too', async () => {
  const { on, id } = await approvedDrill();
  const { run } = on.lab.salt;
  on.worker.salt.run = async (...order) => {
    const result = await run(...order);
    if (!on.lab.drillSwitch.hasManifest) throw new TypeError('a defect');
    return result;
  };
  await on.work();
  expect(on.surprises).toHaveLength(1);
  expect(on.lab.drillSwitch).toMatchObject({ hasManifest: true, aside: [], armed: null });
  expect(await stateOf(on, id)).toMatchObject({ state: 'failed', failure: { kind: 'unforeseen' } });
});
