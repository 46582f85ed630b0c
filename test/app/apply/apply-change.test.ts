import { describe, expect, it } from 'vitest';
import type { Approval } from '../../../src/domain/change/approval.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Facts } from '../../../src/domain/cluster/facts.ts';
import { render } from '../../../src/domain/node-commands/command.ts';
import { nodes } from '../../fixtures/facts.ts';
import { alice, approvalBy, type Bench, bench, bob, granted, plannedChange } from '../bench.ts';

async function approvedOn(on: Bench) {
  const change = await plannedChange(on);
  return granted(await on.decide(approvalBy(bob, change)));
}

const stateOf = async (on: Bench, id: string) => (await on.changes.get(id))?.change;

describe('an approved change', () => {
  it('runs to its proof: every command that was shown, in order, and no other', async () => {
    const on = bench();
    const change = await approvedOn(on);
    await on.work();
    const done = await stateOf(on, change.id);
    expect(done).toMatchObject({
      state: 'done',
      proof: { served: 5, expected: 5, archives: 3, engines: 4, engineTotal: 4 },
    });
    const shown = change.plan?.approved.steps.flatMap(({ commands }) =>
      commands.map(({ on: where, command }) => `${where}$ ${render(command)}`),
    );
    expect(on.lab.ran).toEqual(shown);
    expect(on.surprises).toEqual([]);
  });

  it('pins the host keys that the plan showed, and only then', async () => {
    const on = bench();
    const change = await approvedOn(on);
    expect(on.lab.pinned).toEqual([]);
    await on.work();
    expect(on.lab.pinned).toEqual(change.plan?.approved.hostKeys.map(({ key }) => key.fingerprint));
  });

  it.each<[string, (seen: Facts) => Facts]>([
    [
      'an upgrade began',
      (seen) => ({
        ...seen,
        kube: {
          ...seen.kube,
          nodes: nodes.map((node) => ({ ...node, version: node.name === 'node-1' ? '129.0.0' : node.version })),
        },
      }),
    ],
    [
      'a node fell out',
      (seen) => ({
        ...seen,
        kube: { ...seen.kube, nodes: nodes.map((node) => ({ ...node, ready: node.name !== 'node-3' })) },
      }),
    ],
    [
      'an ISO was replaced',
      (seen) => ({
        ...seen,
        bootstrap: {
          ...seen.bootstrap,
          archives: seen.bootstrap.archives.map((one) =>
            one.is === 'sound' ? { ...one, archive: { ...one.archive, sha256: 'e'.repeat(64) } } : one,
          ),
        },
      }),
    ],
    [
      'another registry joined',
      (seen) => ({
        ...seen,
        kube: {
          ...seen.kube,
          registries: [...seen.kube.registries, { node: 'node-1', ready: true, version: '128.0.1', carries: [] }],
        },
      }),
    ],
  ])('is refused, and runs nothing, when %s after the approval', async (_, change) => {
    const on = bench();
    const { id } = await approvedOn(on);
    on.lab.change = change;
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('refused');
    expect(on.lab.ran).toEqual([]);
  });

  it('stops at the failing state with its comment, and the next request repeats no completed step', async () => {
    const on = bench();
    const { id } = await approvedOn(on);
    const first = {
      id: 'Mount it',
      sls: 'metalk8s.archives.mounted',
      name: '/srv/x',
      comment: 'wrong fs type, bad superblock on /dev/loop3',
    };
    on.lab.saltSays.set('metalk8s.archives.mounted', { is: 'failed', first, failed: 1, skipped: 2 });
    await on.work();
    const failed = await stateOf(on, id);
    expect(failed).toMatchObject({ state: 'failed', failure: { where: 'node-2', detail: first.comment } });
    expect(failed?.steps['mount:node-2']?.is).toBe('failed');
    expect(failed?.steps['deploy:node-2']).toBeUndefined();
    on.lab.saltSays.clear();
    const again = await plannedChange(on);
    expect(again.plan?.approved.steps.map(({ kind }) => kind)).not.toContain('copy');
  });

  it('does not touch the engines when the bootstrap registry falls out right before', async () => {
    const on = bench();
    const { id } = await approvedOn(on);
    on.lab.change = (seen) =>
      on.lab.ran.some((line) => line.includes('repo.installed'))
        ? { ...seen, kube: { ...seen.kube, endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } } }
        : seen;
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('failed');
    expect(on.lab.ran.join('\n')).not.toContain('container-engine');
  });

  it('stops before the next act when another Salt job begins', async () => {
    const on = bench();
    const { id } = await approvedOn(on);
    const { copier } = on.lab;
    const copy = copier.copy.bind(copier);
    on.worker.copier.copy = async (...order: Parameters<typeof copy>) => {
      await copy(...order);
      on.lab.jobs = [{ fun: 'state.highstate', jid: '20261122100000000000', nodes: ['node-1'] }];
    };
    await on.work();
    expect((await stateOf(on, id))?.failure).toMatchObject({ kind: 'salt-busy' });
    expect(on.lab.ran.join('\n')).not.toContain('state.sls');
  });
});

describe('an invalid approval', () => {
  const forge = async (on: Bench, change: (approval: Approval) => Approval, resign: boolean) => {
    const planned = await plannedChange(on);
    const stored = await on.changes.get(planned.id);
    const approval: Approval = change({
      v: 1,
      change: planned.id,
      cluster: 'lab',
      verb: 'add',
      nodes: ['node-2'],
      digest: planned.digest ?? '',
      requester: alice.id,
      approvers: [bob.id],
      at: '2026-11-22T10:00:00.000Z',
      expires: '2026-11-22T11:00:00.000Z',
      nonce: 'forged',
    });
    const signed = resign
      ? on.signer.sign(approval)
      : { ...on.signer.sign({ ...approval, nonce: 'another' }), approval };
    const event: ChangeEvent = { type: 'approved', at: approval.at, approver: bob, signed };
    await on.changes.append(planned.id, stored?.version ?? 0, event);
    await on.queue.add('apply', planned.id, 1);
    await on.work();
    return { id: planned.id };
  };

  it.each<[string, (approval: Approval) => Approval, boolean]>([
    ['a signature of something else', (approval) => approval, false],
    ['another cluster', (approval) => ({ ...approval, cluster: 'prod' }), true],
    ['another change', (approval) => ({ ...approval, change: 'lab-other2' }), true],
    ['another plan', (approval) => ({ ...approval, digest: '0'.repeat(64) }), true],
    ['other nodes', (approval) => ({ ...approval, nodes: ['node-3'] }), true],
    ['another verb', (approval) => ({ ...approval, verb: 'undo' }), true],
    ['no approver', (approval) => ({ ...approval, approvers: [] }), true],
    ['one approver twice', (approval) => ({ ...approval, approvers: [bob.id, bob.id] }), true],
    ['a time that is over', (approval) => ({ ...approval, expires: '2026-11-22T09:59:59.000Z' }), true],
  ])('runs nothing: %s', async (_, change, resign) => {
    const on = bench();
    const { id } = await forge(on, change, resign);
    expect((await stateOf(on, id))?.state).toBe('refused');
    expect(on.lab.ran).toEqual([]);
  });

  it('runs nothing when the worker never planned the change', async () => {
    const on = bench();
    const { id } = await approvedOn(on);
    const { FakeJournal } = await import('../../fakes/fake-journal.ts');
    const { doJob } = await import('../../../src/app/worker/do-job.ts');
    await doJob({ kind: 'apply', id }, { ...on.worker, journal: new FakeJournal() }, new AbortController().signal);
    expect((await stateOf(on, id))?.refusal?.refused).toBe('approval-invalid');
    expect(on.lab.ran).toEqual([]);
  });

  it('cannot be used twice', async () => {
    const on = bench();
    const { id } = await approvedOn(on);
    await on.work();
    const before = on.lab.ran.length;
    const { doJob } = await import('../../../src/app/worker/do-job.ts');
    await doJob({ kind: 'apply', id }, on.worker, new AbortController().signal);
    expect(on.lab.ran).toHaveLength(before);
  });
});
