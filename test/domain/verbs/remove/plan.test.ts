import { describe, expect, it } from 'vitest';
import { timed } from '../../../../src/app/plan/fresh-plan.ts';
import { isRefusal, type Refusal } from '../../../../src/domain/answers/refusal.ts';
import type { Facts, OpenTarget } from '../../../../src/domain/cluster/facts.ts';
import { partOf } from '../../../../src/domain/node-commands/part-file.ts';
import { REGISTRY_MANIFEST } from '../../../../src/domain/node-commands/undo-commands.ts';
import { planDigest } from '../../../../src/domain/plan/digest.ts';
import type { IntentOf } from '../../../../src/domain/plan/intent.ts';
import type { Plan } from '../../../../src/domain/plan/plan.ts';
import { stepsStillNeeded } from '../../../../src/domain/plan/stale-plan.ts';
import { planRemove } from '../../../../src/domain/verbs/remove/plan.ts';
import { emptyTarget, facts, finished, older, solution } from '../../../fixtures/facts.ts';
import { expectGolden } from '../../../fixtures/golden.ts';

type Remove = IntentOf<'remove'>;
const plain: Remove = { verb: 'remove', cluster: 'lab', nodes: ['node-2'] };
const last: Remove = { ...plain, last: true };
const when = { change: 'lab-7f3k2q', at: '2026-11-22T10:00:00.000Z', begun: false };

const CONFIG = ['90-registry-config.inc', '99-registry-common.inc', 'default.conf'];

/** node-2 has a complete registry. */
function complete(changes: Partial<OpenTarget> = {}): Facts {
  const all = finished();
  return {
    ...all,
    targets: all.targets.map((target) =>
      target.is === 'open'
        ? { ...target, present: [REGISTRY_MANIFEST], registryConfig: [...target.registryConfig, ...CONFIG], ...changes }
        : target,
    ),
  };
}

const kube = (changes: Partial<Facts['kube']>, seen = complete()): Facts => ({
  ...seen,
  kube: { ...seen.kube, ...changes },
});

/** node-3 has a complete registry, too. */
function withNode3(): Facts {
  const all = complete();
  const at = (url: string) => `http://10.200.3.${url}:8080`;
  return {
    ...kube({
      registries: [
        ...all.kube.registries,
        { node: 'node-3', ready: true, version: '128.0.1', carries: all.kube.registries[0]?.carries ?? [] },
      ],
      endpoints: { ready: ['10.200.3.11', '10.200.3.13', '10.200.3.14'], notReady: [] },
    }),
    engines: all.engines.map(({ node }) => ({ node, is: 'known', endpoints: ['11', '13', '14'].map(at) })),
    served: [...all.served, ...facts().served.map((served) => ({ ...served, node: 'node-3' }))],
  };
}

function planOf(intent: Remove, seen: Facts, begun = false): Plan {
  const plan = planRemove(intent, seen, { ...when, begun });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return timed(plan, 3);
}

function refusalOf(intent: Remove, seen: Facts): Refusal {
  const plan = planRemove(intent, seen, when);
  if (!isRefusal(plan)) throw new Error(`planned: ${plan.approved.steps.map(({ id }) => id).join(', ')}`);
  return plan;
}

const ids = (plan: Plan) => plan.approved.steps.map(({ id }) => id);
const commandsOf = (plan: Plan) => JSON.stringify(plan.approved.steps.flatMap(({ commands }) => commands));

describe('the plan of a removal', () => {
  it('takes the registry, its mounts, configuration and files away, in MetalK8s’ order', () => {
    expectGolden('plans/remove-node-2', planOf(last, complete()));
  });

  it('proves that every other registry serves everything', () => {
    const { steps } = planOf(plain, withNode3()).approved;
    expect(steps.at(-1)).toMatchObject({
      kind: 'prove-undone',
      gone: [{ node: 'node-2', address: '10.200.3.13' }],
      others: [{ node: 'node-3', address: '10.200.3.14' }],
    });
    expect(steps.find(({ kind }) => kind === 'engines')).toMatchObject({ addresses: ['10.200.3.11', '10.200.3.14'] });
  });

  it('leaves the ISO files with --keep-isos, and says so', () => {
    const plan = planOf({ ...last, keepIsos: true }, complete());
    expect(ids(plan).filter((id) => id.startsWith('remove-copy'))).toEqual([]);
    expect(ids(plan)).toContain('unmount:node-2:metalk8s-128.0.1');
    expect(plan.seen.warnings.join(' ')).toContain('As requested, the ISO files stay on node-2');
  });

  it('is another plan with another option, so that the approval covers the options', () => {
    const digests = [last, { ...last, keepIsos: true as const }].map((one) =>
      planDigest(planOf(one, withNode3()).approved),
    );
    expect(digests[0]).not.toBe(planDigest(planOf(plain, withNode3()).approved));
    expect(new Set(digests).size).toBe(2);
  });

  it('keeps a file that is not the bootstrap node’s archive, and names it', () => {
    const files = complete().targets.flatMap((target) => (target.is === 'open' ? target.files : []));
    const other = files.map((file) => (file.path === older.path ? { ...file, is: 'different' as const } : file));
    const plan = planOf(last, complete({ files: other }));
    expect(ids(plan)).not.toContain('remove-copy:node-2:metalk8s-127.0.6');
    expect(ids(plan)).toContain('unmount:node-2:metalk8s-127.0.6');
    expect(plan.seen.warnings.join(' ')).toContain(`${older.path} stays on node-2: it is not the archive`);
  });

  it('keeps a file that another mount uses', () => {
    const { mounts = [] } = complete().targets.flatMap((one) => (one.is === 'open' ? [one] : []))[0] ?? {};
    const plan = planOf(last, complete({ mounts: [...mounts, { mountpoint: '/mnt', backingFile: solution.path }] }));
    expect(ids(plan)).not.toContain('remove-copy:node-2:example-solution-0.1.0');
    expect(plan.seen.warnings.join(' ')).toContain(`${solution.path} stays on node-2: another mount uses it.`);
  });

  it('unmounts an archive that is listed no more, keeps its file, and says so', () => {
    const gone = { mountpoint: '/srv/scality/metalk8s-126.0.0', backingFile: '/srv/old.iso' };
    const plan = planOf(last, complete({ mounts: [gone], fstab: [gone] }));
    expect(ids(plan)).toContain('unmount:node-2:metalk8s-126.0.0');
    expect(commandsOf(plan)).not.toContain('/srv/old.iso"]}},{"on":"node-2","command":{"program":"sudo"');
    expect(plan.seen.warnings.join(' ')).toContain('metalk8s-126.0.0 on node-2 is not listed on the bootstrap node');
  });

  it.each([
    ['a file system of its own', '/dev/mapper/vg-releases', '/srv/scality/releases'],
    ['a folder that is bound there', '/data/releases', '/srv/scality/releases'],
    ['an ISO that is mounted deeper', '/srv/other.iso', '/srv/scality/other/iso'],
    ['an ISO elsewhere', '/srv/other.iso', '/mnt/iso'],
  ])('never takes %s out of /etc/fstab', (_, backingFile, mountpoint) => {
    const plan = planOf(last, complete({ mounts: [], fstab: [{ mountpoint, backingFile }] }));
    expect(ids(plan).filter((id) => id.startsWith('unmount'))).toEqual([]);
  });

  it('is the rest of it for a registry that is half removed', () => {
    const half = { ...complete({ present: [] }), kube: facts().kube, engines: facts().engines };
    expect(ids(planOf(plain, half)).slice(0, 2)).toEqual([
      'unmount:node-2:metalk8s-128.0.1',
      'unmount:node-2:metalk8s-127.0.6',
    ]);
  });

  it('deletes what an interrupted copy left', () => {
    const parts = [{ path: partOf(older), size: 7 }];
    const plan = planOf(plain, facts({ targets: [emptyTarget('node-2', { parts })] }));
    expect(plan.approved.steps[0]).toMatchObject({ kind: 'remove-copy', takesArchive: false, part: partOf(older) });
  });

  it('names a node on which nothing is left, beside one with a registry', () => {
    const seen = { ...complete(), targets: [...complete().targets, emptyTarget('node-3')] };
    const plan = planOf({ ...last, nodes: ['node-2', 'node-3'] }, seen);
    expect(plan.seen.findings.join(' ')).toContain('Nothing of a registry is left on node-3.');
  });

  it('takes several registries out of service before it touches the engines, once', () => {
    const seen = withNode3();
    const [target] = seen.targets;
    if (target?.is !== 'open') throw new Error('node-2 is open');
    const two = { ...seen, targets: [target, { ...target, node: 'node-3', machine: emptyTarget('node-3').machine }] };
    const plan = planOf({ ...last, nodes: ['node-2', 'node-3'] }, two);
    expect(ids(plan).slice(0, 5)).toEqual([
      'withdraw:node-2',
      'withdraw:node-3',
      'ready:node-3',
      'engines',
      'unmount:node-2:metalk8s-128.0.1',
    ]);
    expect(ids(plan).filter((id) => id === 'engines')).toHaveLength(1);
    expect(plan.approved.steps.find(({ kind }) => kind === 'engines')).toMatchObject({ addresses: ['10.200.3.11'] });
  });

  it('is covered by the approved plan after each step, and after a step that was interrupted', () => {
    const approved = planOf(last, complete());
    const { mounts = [], fstab = [] } = complete().targets.flatMap((one) => (one.is === 'open' ? [one] : []))[0] ?? {};
    const later: readonly Facts[] = [
      complete({ present: [] }),
      kube({ registries: facts().kube.registries }, complete({ present: [] })),
      kube(facts().kube, complete({ present: [], mounts: mounts.slice(1) })),
      kube(facts().kube, complete({ present: [], mounts: [], fstab: fstab.slice(1) })),
      kube(facts().kube, complete({ present: [], mounts: [], fstab: [], registryConfig: ['default.conf'] })),
      kube(
        facts().kube,
        complete({
          present: [],
          mounts: [],
          fstab: [],
          registryConfig: [],
          files: emptyTarget('node-2').files,
          parts: [{ path: partOf(older), size: 7 }],
        }),
      ),
    ];
    for (const seen of later) {
      const needed = stepsStillNeeded(approved, planOf(last, seen, true));
      expect(isRefusal(needed) ? needed.says : 'covered').toBe('covered');
    }
  });

  it('is stale if the rest would delete another file of the configuration', () => {
    const approved = planOf(last, complete());
    const needed = stepsStillNeeded(
      approved,
      planOf(last, complete({ registryConfig: ['99-metalk8s-1.0.0-registry.inc'] }), true),
    );
    expect(isRefusal(needed)).toBe(true);
  });
});

describe('a removal is refused', () => {
  it('while kubelet would run a copy of the manifest', () => {
    const copy = `${REGISTRY_MANIFEST}.bak`;
    expect(refusalOf(last, complete({ manifestCopies: [copy] }))).toMatchObject({
      refused: 'file-in-the-way',
      says: expect.stringContaining(`On node-2, ${copy} defines`),
      tryNext: expect.stringContaining(copy),
    });
    expect(refusalOf(last, complete({ manifestCopies: [copy, `${copy}2`] })).tryNext).toContain(
      `Move the 2 copies out of kubelet’s folder on node-2 (\`mv -t /root -- ${copy} ${copy}2\`)`,
    );
  });

  const node3: Remove = { ...plain, nodes: ['node-3'] };
  const clean = facts({ targets: [emptyTarget('node-3')] });

  it.each<readonly [string, Remove, Facts, string, string, string]>([
    [
      'on the bootstrap node',
      { ...plain, nodes: ['bootstrap'] },
      complete(),
      'bootstrap-node',
      'the first registry',
      'Name another node',
    ],
    ['where there is no registry', node3, clean, 'no-registry', 'node-3 has no registry.', 'nothing left to do'],
    [
      'for the last registry beside the bootstrap’s',
      plain,
      complete(),
      'last-registry',
      'node-2 has the last registry',
      '/registry-ha remove node-2 --last',
    ],
    [
      'for the last registry while its pod is away, but Kubernetes still lists it',
      plain,
      kube({ registries: facts().kube.registries }),
      'last-registry',
      'node-2 has the last registry',
      '--last',
    ],
    [
      'while an engine lists only that registry',
      last,
      {
        ...complete(),
        engines: complete().engines.map((one) =>
          one.node === 'node-1' ? { node: 'node-1', is: 'known', endpoints: ['http://10.200.3.13:8080'] } : one,
        ),
      },
      'engine-without-registry',
      'The container engine of node-1 lists no Ready registry that stays',
      '/registry-ha add node-2',
    ],
    [
      'while another registry does not serve every image',
      plain,
      {
        ...withNode3(),
        served: withNode3().served.map((one) => (one.node === 'node-3' ? { ...one, missing: ['x/y:1'] } : one)),
      },
      'registry-unfit',
      'node-3 has a registry too, but the registry does not serve x/y:1',
      'run /registry-ha sync node-3',
    ],
    [
      'while the bootstrap’s registry is not Ready',
      last,
      kube({ endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } }),
      'bootstrap-registry-not-ready',
      'not in the Ready Endpoints',
      'repositories',
    ],
    [
      'while another ISO is mounted than /etc/fstab says',
      last,
      complete({ mounts: [{ mountpoint: '/srv/scality/metalk8s-128.0.1', backingFile: '/srv/new.iso' }] }),
      'mount-unclear',
      'both /srv/new.iso and /srv/scality/releases/metalk8s-128.0.1.iso belong at /srv/scality/metalk8s-128.0.1',
      'losetup -l',
    ],
    [
      'while an upgrade is under way',
      last,
      kube({ clusterVersion: '129.0.0' }),
      'upgrade-under-way',
      'incomplete',
      'Finish it',
    ],
  ])('%s', (_, intent, seen, refused, says, next) => {
    const refusal = refusalOf(intent, seen);
    expect(refusal.refused).toBe(refused);
    expect(refusal.says).toContain(says);
    expect(refusal.tryNext).toContain(next);
  });
});
