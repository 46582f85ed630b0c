import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import { endpointUrl } from '../../../src/domain/cluster/registry.ts';
import type { SaltReturn } from '../../../src/domain/cluster/salt.ts';
import { render } from '../../../src/domain/node-commands/command.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import { undoButtons } from '../../../src/slack/parts/undo-button.ts';
import { stagesOf } from '../../../src/steps/stages.ts';
import { approvalBy, approvedChangeOn, type Bench, bench, bob, granted, plannedChange, stateOf } from '../bench.ts';

const remove: Intent = { verb: 'remove', cluster: 'lab', nodes: ['node-2'], last: true };
const sync: Intent = { verb: 'sync', cluster: 'lab', nodes: [] };

const broken: SaltReturn = {
  is: 'failed',
  first: { id: 'The state', sls: 'metalk8s.some.state', name: '/srv/x', comment: 'it broke' },
  failed: 1,
  skipped: 0,
};

/** A lab in which node-2 has its registry. */
async function withRegistry(): Promise<Bench> {
  const on = bench();
  await approvedChangeOn(on);
  await on.work();
  on.lab.ran.length = 0;
  return on;
}

async function approved(on: Bench, intent: Intent): Promise<Change> {
  const change = await plannedChange(on, intent);
  if (change.state !== 'planned') throw new Error(`it is ${change.state}: ${change.refusal?.says}`);
  granted(await on.decide(approvalBy(bob, change)));
  return change;
}

const enginesOf = ({ lab }: Bench) =>
  new Set(lab.facts().engines.map((engine) => (engine.is === 'known' ? engine.endpoints.join(' ') : engine.is)));

describe('a removal', () => {
  it('leaves nothing of the registry, and every engine uses only the others', async () => {
    const on = await withRegistry();
    const { id, plan } = await approved(on, remove);
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done', proof: { served: 5, engines: 4, engineTotal: 4 } });
    const { files, mounted, fstab, config, registry } = on.lab.inside('node-2');
    expect([...mounted, ...fstab, ...config]).toEqual([]);
    expect([...files]).toEqual([`/etc/kubernetes/repositories.yaml.removed-${id}`]);
    expect(registry).toBeNull();
    expect(enginesOf(on)).toEqual(new Set([endpointUrl('10.200.3.11')]));
    const shown = JSON.stringify(plan?.approved.steps.flatMap(({ commands }) => commands));
    for (const line of on.lab.ran) expect(shown).toContain(line.split(' ').at(-1));
    expect(on.surprises).toEqual([]);
  });

  it('fails if another registry does not serve an image in the end, and names both', async () => {
    const on = await withRegistry();
    await approvedChangeOn(on, ['node-3']);
    await on.work();
    const { id } = await approved(on, { verb: 'remove', cluster: 'lab', nodes: ['node-2'] });
    const { manifest } = on.lab.registries;
    let isLost = false;
    on.lab.registries.manifest = async (address, image, signal) =>
      isLost && address === '10.200.3.14' && image.name === 'etcd' ? null : manifest(address, image, signal);
    const append = on.journal.append.bind(on.journal);
    on.journal.append = async (change, event) => {
      if (event.type === 'step-started' && event.step === 'verify') isLost = true;
      return append(change, event);
    };
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({
      state: 'failed',
      failure: {
        what: expect.stringContaining('The registry of node-3 does not serve metalk8s-127.0.6/etcd:3.5.14-0.'),
      },
    });
  });

  it('that failed is completed by Retry from here; an undo is refused with the two ways out', async () => {
    const on = await withRegistry();
    on.lab.saltSays.set('engines node-3', broken);
    const { id } = await approved(on, remove);
    await on.work();
    on.lab.saltSays.delete('engines node-3');
    const failed = await stateOf(on, id);
    if (failed === undefined) throw new Error('it is stored');
    expect(failed.state).toBe('failed');
    expect(undoButtons(failed), 'a button that can only be refused').toEqual([]);
    const undo = await on.undo(id);
    expect(undo).toMatchObject({ refused: 'not-undoable', tryNext: expect.stringContaining('click Retry from here') });
    expect(isRefusal(undo) && undo.tryNext).toContain('/registry-ha add node-2');
    granted(await on.decide({ ...approvalBy(bob, failed), kind: 'retry' }));
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
  });

  it('of several registries clears the nodes side by side: a node that fails does not stop the other one', async () => {
    const on = bench();
    await approvedChangeOn(on, ['node-2', 'node-3']);
    await on.work();
    const { run } = on.worker.shell;
    on.worker.shell.run = async (access, command, ...rest) => {
      const isBusy = access.node === 'node-2' && render(command).includes('umount');
      if (!isBusy) return await run(access, command, ...rest);
      return { ended: { is: 'exit', code: 32 }, stdout: '', stderr: 'umount: target is busy.' };
    };
    const { id, plan } = await approved(on, {
      verb: 'remove',
      cluster: 'lab',
      nodes: ['node-2', 'node-3'],
      last: true,
    });
    const cleared = (plan?.approved.steps ?? []).filter((step) => /^(unmount|unconfigure|remove-copy):/.test(step.id));
    expect(stagesOf(cleared).map(({ lanes }) => lanes.length)).toEqual([2]);
    await on.work();
    const change = await stateOf(on, id);
    expect(change?.state).toBe('failed');
    expect(change?.failure?.where).toBe('node-2');
    const ends = cleared.map((step) => [step.id.split(':')[1], change?.steps[step.id]?.is] as const);
    expect(new Set(ends.flatMap(([node, is]) => (node === 'node-3' ? [is] : [])))).toEqual(new Set(['done']));
    expect(ends).toContainEqual(['node-2', 'failed']);
    expect([...on.lab.inside('node-3').mounted, ...on.lab.inside('node-3').config]).toEqual([]);
    on.worker.shell.run = run;
    if (change !== undefined) granted(await on.decide({ ...approvalBy(bob, change), kind: 'retry' }));
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
  });

  it('that is done is not undone: add brings the registry back', async () => {
    const on = await withRegistry();
    const { id } = await approved(on, remove);
    await on.work();
    expect(await on.undo(id)).toMatchObject({
      refused: 'not-undoable',
      tryNext: 'To bring the registry back: `/registry-ha add node-2`.',
    });
  });

  it('of a registry that is half removed does what is left: what is there already is a success', async () => {
    const on = await withRegistry();
    on.lab.inside('node-2').registry = null;
    on.lab.inside('node-2').mounted.clear();
    const { id } = await approved(on, { verb: 'remove', cluster: 'lab', nodes: ['node-2'] });
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
    expect([...on.lab.inside('node-2').fstab, ...on.lab.inside('node-2').files]).toEqual([]);
  });
});

describe('a sync of every registry', () => {
  it('is approved for the nodes that its plan names, and runs on them', async () => {
    const on = await withRegistry();
    on.lab.inside('node-2').config.delete('99-metalk8s-127.0.6-registry.inc');
    const { id } = await approved(on, sync);
    expect((await stateOf(on, id))?.approval?.approval.nodes).toEqual(['node-2']);
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
    expect([...on.lab.inside('node-2').config]).toContain('99-metalk8s-127.0.6-registry.inc');
  });

  it('that has nothing to do says what was verified', async () => {
    const on = await withRegistry();
    expect(await plannedChange(on, sync)).toMatchObject({
      refusal: { refused: 'nothing-to-sync', says: expect.stringContaining('5/5 images, every layer hashed') },
    });
  });

  it('that stopped half-way cannot be undone, only completed', async () => {
    const on = await withRegistry();
    on.lab.inside('node-2').config.delete('99-metalk8s-127.0.6-registry.inc');
    on.lab.saltSays.set('metalk8s.repo.configured', broken);
    const { id } = await approved(on, sync);
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'failed' });
    expect(await on.undo(id)).toMatchObject({
      refused: 'not-undoable',
      tryNext: expect.stringContaining('`/registry-ha sync all`'),
    });
  });
});
