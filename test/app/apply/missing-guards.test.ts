import { describe, expect, it } from 'vitest';
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

const upgrade = { pid: 4711, script: 'upgrade.sh' };

/** From now on node-2's annotations name another user. */
function otherUser(on: Bench): void {
  on.lab.change = (seen) => ({
    ...seen,
    kube: {
      ...seen.kube,
      nodes: seen.kube.nodes.map((node) =>
        node.name === 'node-2' ? { ...node, access: { ...node.access, user: 'mallory', sudo: true } } : node,
      ),
    },
  });
}

describe('one of MetalK8s’ own scripts on the bootstrap node', () => {
  it('keeps a plan from being made, by name and process', async () => {
    const on = bench();
    on.lab.scripts = [upgrade];
    const refused = await plannedChange(on);
    expect(refused).toMatchObject({ state: 'refused', refusal: { refused: 'script-running' } });
    expect(refused.refusal?.says).toContain('upgrade.sh (process 4711) runs on the bootstrap node');
  });

  it('keeps an approved change from starting', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    on.lab.scripts = [upgrade];
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'refused', refusal: { refused: 'script-running' } });
    expect(on.lab.ran).toEqual([]);
  });

  it('stops a running change before its next act', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const { call } = on.lab.salt;
    on.worker.salt.call = async (...order) => {
      on.lab.scripts = [{ pid: 9, script: 'iso-manager.sh' }];
      return await call(...order);
    };
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'failed', failure: { kind: 'script-running' } });
    expect(on.lab.ran.filter((line) => line.includes('state.sls'))).toHaveLength(1);
  });
});

describe('a node with another SSH user than approved', () => {
  it('is not touched', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    otherUser(on);
    await on.work();
    const refused = await stateOf(on, id);
    expect(refused).toMatchObject({ state: 'refused', refusal: { refused: 'plan-stale' } });
    expect(refused?.refusal?.says).toContain('as mallory with the key');
    expect(on.lab.ran).toEqual([]);
  });
});

describe('an approval from the future', () => {
  it('is refused with both clocks, and runs nothing', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.clock.at += 61_000;
    granted(await on.decide(approvalBy(bob, change)));
    on.clock.at -= 61_000;
    await on.work();
    const refused = await stateOf(on, change.id);
    expect(refused).toMatchObject({ state: 'refused', refusal: { refused: 'clock-skew' } });
    expect(refused?.refusal?.says).toContain('the approval is from 2026-11-22T10:01:01.000Z');
    expect(refused?.refusal?.says).toContain('it is only 2026-11-22T10:00:00.000Z');
    expect(on.lab.ran).toEqual([]);
  });

  it('by less than a minute is taken', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.clock.at += 30_000;
    granted(await on.decide(approvalBy(bob, change)));
    on.clock.at -= 30_000;
    await applyAgain(on, change.id);
    expect((await stateOf(on, change.id))?.state).toBe('done');
  });
});
