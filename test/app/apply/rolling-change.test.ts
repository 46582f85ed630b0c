import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import { renderCard } from '../../../src/slack/card/card.ts';
import { addNode2 } from '../../fixtures/facts.ts';
import { alice, approvalBy, type Bench, bench, bob, granted, plannedChange, stateOf } from '../bench.ts';

const rolling: Intent = { ...addNode2, engines: 'rolling' };
const failedState = {
  is: 'failed',
  first: { id: 'Configure containerd', sls: 'metalk8s.container-engine', name: 'x', comment: 'read-only' },
  failed: 1,
  skipped: 0,
} as const;

async function failsOnTheSecond(on: Bench): Promise<string> {
  on.lab.saltSays.set('engines node-1', failedState);
  const change = await plannedChange(on, rolling);
  granted(await on.decide(approvalBy(bob, change)));
  await on.work();
  return change.id;
}

/** Nodes whose engines were reconfigured, in order. */
const restarted = (on: Bench): readonly string[] =>
  on.lab.ran.flatMap((line) => / -L (\S+) state\.sls metalk8s\.container-engine /.exec(line)?.[1] ?? []);

describe('a change whose engines are reconfigured one after another', () => {
  it('stops at the first failure, and its card names the engines that are done and those that are not', async () => {
    const on = bench();
    const change = await stateOf(on, await failsOnTheSecond(on));
    if (change === undefined) throw new Error('There is a change.');
    expect(change.state).toBe('failed');
    expect(restarted(on)).toEqual(['node-3', 'node-1']);
    const shown = JSON.stringify(renderCard({ change, waitsFor: [], now: on.clock.now() }).blocks);
    expect(shown).toContain('*Done:* Reconfigure the container engine of node-3;');
    expect(shown).toContain('*Not done:* Reconfigure the container engine of node-1, node-2 and bootstrap;');
  });

  it('resumes at the engine that failed, and touches none twice', async () => {
    const on = bench();
    const id = await failsOnTheSecond(on);
    on.lab.saltSays.delete('engines node-1');
    const change = await stateOf(on, id);
    if (change === undefined) throw new Error('There is a change.');
    const retried = await on.decide({ ...approvalBy(bob, change), kind: 'retry' });
    expect(isRefusal(retried)).toBe(false);
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('done');
    expect(restarted(on)).toEqual(['node-3', 'node-1', 'node-1', 'node-2', 'bootstrap']);
  });

  it('is undone in the same order, engine by engine', async () => {
    const on = bench();
    const id = await failsOnTheSecond(on);
    on.lab.saltSays.delete('engines node-1');
    const undo = granted(await on.undo(id, alice));
    expect(undo.intent).toMatchObject({ verb: 'undo', engines: 'rolling' });
    await on.work();
    const planned = await stateOf(on, undo.id);
    const ids = planned?.plan?.approved.steps.map((step) => step.id) ?? [];
    expect(ids.filter((step) => step.startsWith('engines'))).toEqual(['engines:node-3']);
  });

  it('is one by the policy, too; the request can say otherwise', async () => {
    const on = bench();
    const careful = { ...on.bot, policy: { ...on.bot.policy, engines: 'rolling' as const } };
    Object.assign(on.bot, careful);
    expect((await plannedChange(on, addNode2)).intent).toEqual(rolling);
    expect((await plannedChange(on, { ...addNode2, engines: 'all' })).intent).toEqual({ ...addNode2, engines: 'all' });
  });
});
