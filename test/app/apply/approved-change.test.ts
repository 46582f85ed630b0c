import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { alice, applyAgain, approvalBy, approvedChangeOn, type Bench, bench, granted, stateOf } from '../bench.ts';

describe('an approval in a record that somebody wrote to', () => {
  async function replayed(on: Bench, id: string) {
    const stored = await on.changes.get(id);
    const approved = stored?.events.find((event) => event.type === 'approved');
    if (stored === null || stored === undefined || approved === undefined) throw new Error('never approved');
    await on.changes.append(id, stored.version, approved);
    on.lab.change = (seen) => seen;
    on.lab.jobs = [];
    await applyAgain(on, id);
  }

  it('runs nothing after the change was refused', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    on.lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, saltMaster: null } });
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('refused');
    await replayed(on, id);
    expect(on.lab.ran).toEqual([]);
  });

  it('runs nothing after the change failed before it could start', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const { look } = on.worker.kubernetes;
    on.worker.kubernetes.look = async () => {
      throw new Unreachable('the Kubernetes API', 'kubernetes', 'It is down.');
    };
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('failed');
    on.worker.kubernetes.look = look;
    await replayed(on, id);
    expect(on.lab.ran).toEqual([]);
  });

  it('runs nothing after the change was cancelled', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' }));
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('cancelled');
    await replayed(on, change.id);
    expect(on.lab.ran).toEqual([]);
  });
});
