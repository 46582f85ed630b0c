import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { timed } from '../../../../src/app/plan/fresh-plan.ts';
import { isRefusal, type Refusal } from '../../../../src/domain/answers/refusal.ts';
import type { Change } from '../../../../src/domain/change/change.ts';
import type { Facts } from '../../../../src/domain/cluster/facts.ts';
import { partOf } from '../../../../src/domain/node-commands/part-file.ts';
import { planDigest } from '../../../../src/domain/plan/digest.ts';
import type { Plan } from '../../../../src/domain/plan/plan.ts';
import { stepsStillNeeded } from '../../../../src/domain/plan/stale-plan.ts';
import type { Step } from '../../../../src/domain/plan/step.ts';
import { planUndo } from '../../../../src/domain/verbs/undo/plan.ts';
import type { JournalRecord } from '../../../../src/domain/verbs/verb.ts';
import { current, emptyTarget, facts } from '../../../fixtures/facts.ts';
import { expectGolden } from '../../../fixtures/golden.ts';
import { failedAt, leftByCopy, leftByEngines, UNDO, undoIt, untouched } from '../../../fixtures/undo.ts';

const when = { change: UNDO, at: '2026-11-22T11:00:00.000Z', begun: false };
const of = (change: Change | null, later: readonly Change[] = []): JournalRecord => ({ change, later });

function planOf(seen: Facts, record: JournalRecord, begun = false): Plan {
  const plan = planUndo(undoIt, seen, record, { ...when, begun });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return timed(plan, 3);
}

function refusalOf(seen: Facts, record: JournalRecord): Refusal {
  const plan = planUndo(undoIt, seen, record, when);
  if (!isRefusal(plan)) throw new Error(`planned: ${plan.approved.steps.map(({ id }) => id).join(', ')}`);
  return plan;
}

const ids = (plan: Plan) => plan.approved.steps.map(({ id }) => id);
const commandsOf = (plan: Plan) => JSON.stringify(plan.approved.steps.flatMap(({ commands }) => commands));

describe('the plan of an undo', () => {
  it('reverses the procedure when the registry runs and some engines list it', () => {
    expectGolden('plans/undo-after-engines', planOf(leftByEngines(), of(failedAt('engines'))));
  });

  it('keeps the bootstrap’s registry for every engine, even when its pod was not listed while kubelet made it anew', () => {
    const seen = leftByEngines();
    const registries = seen.kube.registries.filter(({ node }) => node !== 'bootstrap');
    const plan = planOf({ ...seen, kube: { ...seen.kube, registries } }, of(failedAt('engines')));
    const addresses = plan.approved.steps.flatMap((step) => ('addresses' in step ? [step.addresses] : []));
    expect(addresses.length).toBeGreaterThan(0);
    for (const all of addresses) expect(all).toEqual(['10.200.3.11']);
  });

  it('deletes only the copied archives and part files', () => {
    expectGolden('plans/undo-after-copy', planOf(leftByCopy(), of(failedAt('copy:node-2:metalk8s-128.0.1'))));
  });

  it.each(['refused', 'expired'] as const)('removes the part file of a change whose retry was %s', (state) => {
    const change = { ...failedAt('copy:node-2:metalk8s-128.0.1'), state };
    expect(ids(planOf(leftByCopy(), of(change)))).toContain('remove-copy:node-2:metalk8s-128.0.1');
  });

  it('keeps what existed before the change', () => {
    const mounts = [
      { mountpoint: '/srv/scality/metalk8s-128.0.1', backingFile: '/srv/scality/releases/metalk8s-128.0.1.iso' },
    ];
    const before = [{ ...untouched, mounts, fstab: mounts, registryConfig: ['default.conf'] }];
    const plan = planOf(leftByEngines(), of(failedAt('engines', before)));
    expect(ids(plan)).not.toContain('unmount:node-2:metalk8s-128.0.1');
    expect(ids(plan)).not.toContain('remove-copy:node-2:metalk8s-128.0.1');
    expect(commandsOf(plan)).not.toContain('conf.d/default.conf');
    expect(plan.seen.warnings.join(' ')).toContain('a mount that the change did not create uses it');
  });

  const iso = '/srv/scality/releases/metalk8s-128.0.1.iso';
  const currentMount = { mountpoint: '/srv/scality/metalk8s-128.0.1', backingFile: iso };
  const stepFor = (plan: Plan, id: string) => plan.approved.steps.find((step) => step.id === id);

  it.each([
    ['the mount was there before', { mounts: [currentMount] }, { takesMount: false, takesFstab: true }],
    ['the line of fstab was there before', { fstab: [currentMount] }, { takesMount: true, takesFstab: false }],
  ])('undoes only the other of mount and fstab when %s', (_, there, taken) => {
    const plan = planOf(leftByEngines(), of(failedAt('engines', [{ ...untouched, ...there }])));
    expect(stepFor(plan, 'unmount:node-2:metalk8s-128.0.1')).toMatchObject(taken);
  });

  it('does not unmount what is mounted there from another file', () => {
    const mounts = [{ ...currentMount, backingFile: '/srv/other.iso' }];
    const plan = planOf(leftByEngines({ mounts, fstab: [] }), of(failedAt('engines')));
    expect(ids(plan).filter((id) => id.startsWith('unmount'))).toEqual([]);
  });

  it.each([
    ['moved elsewhere by a link', '/data1/metalk8s-128.0.1.iso'],
    ['renamed', '/srv/scality/releases/old.iso'],
    ['renamed and deleted', '/srv/scality/releases/old.iso (deleted)'],
    ['unknown to losetup', '/dev/loop3'],
  ])('is refused, and nothing is called gone, while the mounted file was %s', (_, backingFile) => {
    const mounts = [{ ...currentMount, backingFile }];
    const seen = leftByCopy({ mounts, present: [], files: [] });
    for (const left of [seen, leftByEngines({ mounts })]) {
      const { refused, says, tryNext } = refusalOf(left, of(failedAt('engines')));
      expect(refused).toBe('not-undoable');
      expect(says).toContain(`On node-2, ${backingFile} is mounted at /srv/scality/metalk8s-128.0.1.`);
      expect(tryNext).toContain('`umount /srv/scality/metalk8s-128.0.1`');
    }
  });

  it('waits until Kubernetes no longer lists a registry whose pod is gone', () => {
    const gone = leftByEngines({ present: [] });
    const endpoints = { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] };
    const plan = planOf({ ...gone, kube: { ...facts().kube, endpoints } }, of(failedAt('engines')));
    expect(ids(plan).slice(0, 2)).toEqual(['ready:node-2', 'engines']);
  });

  it.each([
    ['with the part file of the failed copy', partOf(current)],
    ['and the failed copy left no part file', '/none'],
  ])('keeps a file that another person copied after the copy had failed, %s', (_, part) => {
    const files = leftByCopy().targets.flatMap((target) => (target.is === 'open' ? target.files : []));
    const seen = leftByCopy({ files: files.map((file) => ({ ...file, is: 'same' as const })), present: [part] });
    const plan = planOf(seen, of(failedAt('copy:node-2:metalk8s-128.0.1')));
    expect(JSON.stringify(stepFor(plan, 'remove-copy:node-2:metalk8s-127.0.6'))).toContain('"takesArchive":true');
    expect(commandsOf(plan)).not.toContain('metalk8s-128.0.1.iso"');
    expect(plan.seen.warnings.join(' ')).toContain(
      '/srv/scality/releases/metalk8s-128.0.1.iso stays on node-2: the change did not complete its copy',
    );
  });

  it('keeps it also when a retry took it for the copy', () => {
    const all = leftByEngines({ present: [partOf(current)] });
    const plan = planOf(all, of(failedAt('engines')));
    expect(stepFor(plan, 'remove-copy:node-2:metalk8s-128.0.1')).toMatchObject({ takesArchive: false });
  });

  it('does not plan to delete an archive whose copy was not completed, which may be copied by hand meanwhile', () => {
    const plan = planOf(leftByCopy(), of(failedAt('copy:node-2:metalk8s-128.0.1')));
    expect(stepFor(plan, 'remove-copy:node-2:metalk8s-128.0.1')).toMatchObject({ takesArchive: false });
  });

  it('keeps a file that is not the copied one, and says so', () => {
    const files = leftByCopy().targets.flatMap((target) => (target.is === 'open' ? target.files : []));
    const seen = leftByCopy({ files: files.map((file) => ({ ...file, is: 'different' as const })) });
    const plan = planOf(seen, of(failedAt('copy:node-2:metalk8s-128.0.1')));
    expect(ids(plan)).toEqual(['remove-copy:node-2:metalk8s-128.0.1', 'verify']);
    expect(commandsOf(plan)).not.toMatch(/\.iso"/);
    expect(plan.seen.warnings.join(' ')).toContain('it is not the file that the change copied');
  });

  it('does not change the engines when none of them lists the registry', () => {
    const seen = { ...leftByEngines(), engines: facts().engines };
    expect(ids(planOf(seen, of(failedAt('deploy:node-2'))))).not.toContain('engines');
  });

  it('is the same plan after each step, so that an interrupted undo can resume', () => {
    const record = of(failedAt('engines'));
    const approved = planOf(leftByEngines(), record);
    const withdrawn = leftByEngines({ present: [] });
    const { kube } = facts();
    const forgotten = { ...withdrawn, kube, engines: facts().engines };
    const later = [withdrawn, { ...withdrawn, kube }, forgotten].map((seen) => planOf(seen, record, true));
    for (const fresh of later) expect(isRefusal(stepsStillNeeded(approved, fresh))).toBe(false);
    expect(ids(later[2] ?? approved).slice(0, 1)).toEqual(['unmount:node-2:example-solution-0.1.0']);
  });

  it('takes several nodes out of service before it touches the engines, once', () => {
    const nodes = ['node-2', 'node-3'];
    const two = failedAt('engines');
    const begun = Object.fromEntries(
      Object.entries(two.begun).flatMap(([id, times]) => [
        [id, times] as const,
        [id.replace('node-2', 'node-3'), times] as const,
      ]),
    );
    const doubled: readonly Step[] = (two.plan?.approved.steps ?? []).flatMap((step): readonly Step[] =>
      'node' in step ? [step, { ...step, id: step.id.replace('node-2', 'node-3'), node: 'node-3' }] : [step],
    );
    if (two.plan === undefined) throw new Error('it was planned');
    const change: Change = {
      ...two,
      begun,
      intent: { ...two.intent, nodes },
      before: [untouched, { ...untouched, node: 'node-3' }],
      plan: { ...two.plan, approved: { ...two.plan.approved, steps: doubled } },
    };
    const one = leftByEngines();
    const seen: Facts = {
      ...one,
      targets: one.targets.flatMap((target) => [
        target,
        { ...target, node: 'node-3', machine: emptyTarget('node-3').machine },
      ]),
      kube: {
        ...one.kube,
        registries: [...one.kube.registries, { node: 'node-3', ready: true, version: '128.0.1', carries: [] }],
      },
    };
    const plan = planUndo({ ...undoIt, nodes }, seen, of(change), when);
    if (isRefusal(plan)) throw new Error(plan.says);
    expect(ids(timed(plan, 3)).slice(0, 5)).toEqual([
      'withdraw:node-3',
      'withdraw:node-2',
      'ready:node-2',
      'engines',
      'unmount:node-3:example-solution-0.1.0',
    ]);
    expect(plan.approved.steps.find(({ kind }) => kind === 'engines')).toMatchObject({ addresses: ['10.200.3.11'] });
  });

  it('is the same to the byte for the same facts, and covers which change it undoes', () => {
    const record = of(failedAt('engines'));
    const { approved } = planOf(leftByEngines(), record);
    expect(planDigest(planOf(leftByEngines(), record).approved)).toBe(planDigest(approved));
    expect(planDigest({ ...approved, intent: { ...undoIt, undoes: 'lab-other2' } })).not.toBe(planDigest(approved));
  });
});

describe('an undo is refused', () => {
  it('while kubelet would run a copy of the manifest', () => {
    const seen = leftByEngines();
    const manifestCopies = ['/etc/kubernetes/manifests/repositories.yaml.bak'];
    const targets = seen.targets.map((target) => ({ ...target, manifestCopies }));
    expect(refusalOf({ ...seen, targets }, of(failedAt('engines')))).toMatchObject({
      refused: 'file-in-the-way',
      says: expect.stringContaining(`On node-2, ${manifestCopies[0]} defines`),
    });
  });

  const half = failedAt('engines');
  const later = (changes: Partial<Change>): Change => ({ ...failedAt('mount:node-2'), id: 'lab-later2', ...changes });
  const kube = (changes: Partial<Facts['kube']>): Facts => ({
    ...leftByEngines(),
    kube: { ...leftByEngines().kube, ...changes },
  });

  it.each<readonly [string, Facts, JournalRecord, string, string]>([
    [
      'when the journal does not know the change',
      leftByEngines(),
      of(null),
      'unknown-change',
      'does not have what was run',
    ],
    [
      'while the change is on its way',
      leftByEngines(),
      of({ ...half, state: 'applying' }),
      'not-undoable',
      'in progress',
    ],
    ['when the change is done', leftByEngines(), of({ ...half, state: 'done' }), 'not-undoable', 'stopped half-way'],
    ['of an undo', leftByEngines(), of({ ...half, intent: undoIt }), 'not-undoable', 'is itself an undo'],
    ['when nothing was done', leftByEngines(), of({ ...half, begun: {} }), 'nothing-to-undo', 'has not changed'],
    ['when nothing is left', facts(), of(half), 'nothing-to-undo', 'is left on node-2'],
    [
      'when Redis names other nodes than the journal',
      leftByEngines(),
      of({ ...half, intent: { ...half.intent, nodes: ['node-3'] } }),
      'unknown-change',
      'is a change of node-3',
    ],
    [
      'when Redis names fewer nodes than the journal',
      leftByEngines(),
      of({ ...half, intent: { ...half.intent, nodes: ['node-2', 'node-3'] } }),
      'unknown-change',
      'is a change of node-2 and node-3',
    ],
    [
      'when a later add is done on the node',
      leftByEngines(),
      of(half, [later({ state: 'done' })]),
      'not-undoable',
      'and is done',
    ],
    ['before a later add that worked there', leftByEngines(), of(half, [later({})]), 'not-undoable', 'after'],
    [
      'when the registry was there before',
      leftByEngines(),
      of(failedAt('engines', [{ ...untouched, registry: true }])),
      'not-undoable',
      'had a registry before',
    ],
    [
      'when an older worker did not note what was there',
      leftByEngines(),
      of(failedAt('engines', [])),
      'not-undoable',
      'not recorded',
    ],
    [
      'while the bootstrap’s registry is not Ready: the engines would have none',
      kube({ endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } }),
      of(half),
      'bootstrap-registry-not-ready',
      'not in the Ready Endpoints',
    ],
    [
      'while another registry is not Ready: the engines would lose it',
      kube({
        registries: [
          ...leftByEngines().kube.registries,
          { node: 'node-3', ready: false, version: '128.0.1', carries: [] },
        ],
      }),
      of(half),
      'registry-unfit',
      'node-3 has a registry too',
    ],
    ['while an upgrade is under way', kube({ clusterVersion: '129.0.0' }), of(half), 'upgrade-under-way', 'incomplete'],
    [
      'while Salt is busy',
      {
        ...leftByEngines(),
        salt: { ...facts().salt, jobs: [{ fun: 'state.sls', jid: '20261122101530123456', nodes: ['node-1'] }] },
      },
      of(half),
      'salt-busy',
      'state.sls on node-1',
    ],
  ])('%s', (_, seen, record, refused, says) => {
    const refusal = refusalOf(seen, record);
    expect(refusal.refused).toBe(refused);
    expect(refusal.says).toContain(says);
  });

  it('with the command that takes a whole registry away; the way by hand stays for emergencies', () => {
    const remove = 'To take the whole registry away: `/registry-ha remove node-2`.';
    expect(refusalOf(leftByEngines(), of({ ...half, state: 'done' })).tryNext).toBe(remove);
    expect(refusalOf(leftByEngines(), of(half, [later({ state: 'done' })])).tryNext).toBe(remove);
    expect(readFileSync('docs/remove.md', 'utf8')).toContain('\n## Remove a registry by hand\n');
  });

  it('no more once the later add has been undone', () => {
    const undone = later({});
    const undo: Change = { ...undone, id: 'lab-undo22', state: 'done', intent: { ...undoIt, undoes: undone.id } };
    expect(ids(planOf(leftByEngines(), of(half, [undone, undo])))).toContain('withdraw:node-2');
  });

  it('when the add has begun nothing: an existing copy is not deleted', () => {
    const found = { ...failedAt('copy:node-2:metalk8s-128.0.1'), begun: { 'copy:node-2:metalk8s-128.0.1': 1 } };
    expect(commandsOf(planOf(leftByCopy(), of(found)))).not.toContain('metalk8s-127.0.6.iso');
  });
});
