import { describe, expect, it } from 'vitest';
import { timed } from '../../../../src/app/plan/fresh-plan.ts';
import { isRefusal, type Refusal } from '../../../../src/domain/answers/refusal.ts';
import type { PlacedCopy } from '../../../../src/domain/change/placed-copies.ts';
import type { Archive } from '../../../../src/domain/cluster/archive.ts';
import type { Facts, OpenTarget } from '../../../../src/domain/cluster/facts.ts';
import type { IntentOf } from '../../../../src/domain/plan/intent.ts';
import type { Plan } from '../../../../src/domain/plan/plan.ts';
import { stepsStillNeeded } from '../../../../src/domain/plan/stale-plan.ts';
import { planSync } from '../../../../src/domain/verbs/sync/plan.ts';
import { sync } from '../../../../src/domain/verbs/sync/sync.ts';
import { current, emptyTarget, facts, finished, older, solution } from '../../../fixtures/facts.ts';
import { expectGolden } from '../../../fixtures/golden.ts';

type Sync = IntentOf<'sync'>;
const node2: Sync = { verb: 'sync', cluster: 'lab', nodes: ['node-2'] };
const all: Sync = { ...node2, nodes: [] };
const when = { change: 'lab-7f3k2q', at: '2026-11-22T10:00:00.000Z', begun: false };

const next: Archive = {
  ...current,
  id: 'metalk8s-129.0.0',
  version: '129.0.0',
  path: '/srv/scality/releases/metalk8s-129.0.0.iso',
  sha256: 'd'.repeat(64),
  images: current.images.map((image) => ({ ...image, prefix: 'metalk8s-129.0.0' })),
};

const CONFIG = ['90-registry-config.inc', '99-registry-common.inc', 'default.conf'];

/** node-2 has a registry of all three archives, and the bootstrap node lists these. */
function listing(archives: readonly Archive[], changes: Partial<OpenTarget> = {}, seen: Facts = finished()): Facts {
  const served = ['bootstrap', 'node-2'].flatMap((node) =>
    archives.map((one) => ({
      ...{ node, archive: one.id, expected: one.images.length },
      missing: node === 'node-2' && one === next ? ['metalk8s-129.0.0/pause:3.9'] : [],
    })),
  );
  return {
    ...seen,
    bootstrap: { ...seen.bootstrap, archives: archives.map((archive) => ({ is: 'sound', archive })) },
    served,
    targets: seen.targets.map((target) =>
      target.is === 'open'
        ? {
            ...target,
            registryConfig: [...target.registryConfig, ...CONFIG],
            files: [
              ...target.files.filter(({ path }) => archives.some((one) => one.path === path)),
              ...archives
                .filter((one) => one === next)
                .map(({ path }) => ({ path, is: 'absent' as const, size: 0, mounted: false })),
            ],
            ...changes,
          }
        : target,
    ),
  };
}

const complete = (): Facts => listing([older, current, solution]);
const beforeUpgrade = (): Facts => listing([older, current, next, solution]);

/** The cluster is at 129.0.0, and node-2's pod at the old version. */
function afterUpgrade(): Facts {
  const seen = listing([current, next, solution], {
    files: [current, next, solution].map(({ path, size }) => ({ path, is: 'same', size, mounted: true })),
  });
  return {
    ...seen,
    kube: {
      ...seen.kube,
      clusterVersion: '129.0.0',
      nodes: seen.kube.nodes.map((one) => ({ ...one, version: '129.0.0' })),
    },
  };
}

const ours = (archive: Archive): PlacedCopy => {
  const { id, path, size, sha256 } = archive;
  return { node: 'node-2', id, path, size, sha256 };
};
const at = (archive: Archive, is: 'same' | 'different') => ({
  path: archive.path,
  is,
  size: archive.size,
  mounted: true,
});
/** The bootstrap node no longer lists the older version. */
const unlisted = (is: 'same' | 'different' = 'same'): Facts =>
  listing([current, solution], { others: [at(older, is)] });

/** No other registry than the bootstrap’s, and every engine lists these. */
const alone = (endpoints: readonly string[]): Facts =>
  facts({ targets: [], engines: facts().engines.map(({ node }) => ({ node, is: 'known', endpoints })) });

function planOf(seen: Facts, copies: readonly PlacedCopy[] = [], begun = false, intent = node2): Plan {
  const plan = planSync(intent, seen, copies, { ...when, begun });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return timed(plan, 3);
}

function refusalOf(seen: Facts, intent = node2): Refusal {
  const plan = planSync(intent, seen, [], when);
  if (!isRefusal(plan)) throw new Error(`planned: ${plan.approved.steps.map(({ id }) => id).join(', ')}`);
  return plan;
}

const ids = (plan: Plan) => plan.approved.steps.map(({ id }) => id);
const says = (plan: Plan) => [...plan.seen.findings, ...plan.seen.warnings].join(' ');

describe('the plan of a sync', () => {
  it('copies and mounts a new version before the upgrade, and says that this is the moment', () => {
    const plan = planOf(beforeUpgrade());
    expectGolden('plans/sync-before-upgrade', plan);
    expect(says(plan)).toContain(
      'metalk8s-129.0.0 is newer than the cluster (128.0.1), and node-2 does not have it: sync before you run upgrade.sh.',
    );
  });

  it('deploys the registry at the new version after the upgrade', () => {
    const plan = planOf(afterUpgrade());
    expect(says(plan)).toContain('The registry of node-2 still runs 128.0.1; this deploys it at 129.0.0.');
    expect(plan.approved.steps.find(({ kind }) => kind === 'deploy')).toMatchObject({ version: '129.0.0' });
  });

  it('ends a Ready pod that has every archive and does not serve it: Salt does not restart a pod whose manifest stays', () => {
    const seen = complete();
    const served = seen.served.map((one) =>
      one.node === 'node-2' && one.archive === older.id ? { ...one, missing: ['pause:3.5'] } : one,
    );
    const plan = planOf({ ...seen, served });
    expect(ids(plan)).toEqual(['withdraw:node-2', 'deploy:node-2', 'ready:node-2', 'verify']);
    expect(plan.approved.sideEffects[0]).toContain('The registry of node-2 ends and starts anew.');
    const registries = seen.kube.registries.map((one) => ({ ...one, ready: one.node !== 'node-2' }));
    const starting = planOf({ ...seen, served, kube: { ...seen.kube, registries } });
    expect(ids(starting)).not.toContain('withdraw:node-2');
  });

  it('removes what is listed no more: its include before the pod starts anew, the rest after that', () => {
    const plan = planOf(unlisted(), [ours(older)]);
    expectGolden('plans/sync-after-removal', plan);
    expect(ids(plan)).toEqual([
      'unconfigure:node-2',
      'deploy:node-2',
      'ready:node-2',
      'unmount:node-2:metalk8s-127.0.6',
      'remove-copy:node-2:metalk8s-127.0.6',
      'verify',
    ]);
  });

  it.each<readonly [string, readonly PlacedCopy[], 'same' | 'different', string]>([
    ['that the worker did not copy', [], 'same', 'the worker’s journal does not show that it copied this file'],
    [
      'that it copied to another node',
      [{ ...ours(older), node: 'node-3' }],
      'same',
      'does not show that it copied this file',
    ],
    ['that is another one now', [ours(older)], 'different', 'it is not the file that the worker copied'],
  ])('keeps the ISO file of an unlisted archive %s', (_, copies, is, why) => {
    const plan = planOf(unlisted(is), copies);
    expect(ids(plan)).toContain('unmount:node-2:metalk8s-127.0.6');
    expect(ids(plan).filter((id) => id.startsWith('remove-copy'))).toEqual([]);
    expect(says(plan)).toContain(`${older.path} stays on node-2: `);
    expect(says(plan)).toContain(why);
  });

  it('never deletes a file that is listed', () => {
    const plan = planOf(beforeUpgrade(), [older, current, solution].map(ours));
    expect(ids(plan).filter((id) => id.startsWith('remove-copy') || id.startsWith('unmount'))).toEqual([]);
  });

  it('reconfigures the engines only if one of them has other endpoints', () => {
    expect(ids(planOf(beforeUpgrade()))).not.toContain('engines');
    const engines = facts().engines;
    expect(ids(planOf({ ...complete(), engines }))).toEqual(['engines', 'verify']);
  });

  it('is covered by the approved plan after each step', () => {
    const approved = planOf(unlisted(), [ours(older)]);
    const registries = complete().kube.registries.map((one) => ({ ...one, carries: [current.id, solution.id] }));
    const kube = { ...complete().kube, registries };
    const keep = {
      registryConfig: [...CONFIG, '99-metalk8s-128.0.1-registry.inc', 'example-solution-0.1.0-registry-config.inc'],
    };
    const others = [at(older, 'same')];
    const mounts = [current, solution].map(({ id, path }) => ({ mountpoint: `/srv/scality/${id}`, backingFile: path }));
    const later: readonly Facts[] = [
      listing([current, solution], { ...keep, others }),
      { ...listing([current, solution], { ...keep, others }), kube },
      { ...listing([current, solution], { ...keep, others, mounts }), kube },
      { ...listing([current, solution], { ...keep, others, mounts, fstab: mounts }), kube },
    ];
    for (const seen of later) {
      const needed = stepsStillNeeded(approved, planOf(seen, [ours(older)], true));
      expect(isRefusal(needed) ? needed.says : 'covered').toBe('covered');
    }
  });

  it('resumes on a node whose pod is just being replaced', () => {
    const seen = listing([older, current, next, solution]);
    const kube = { ...seen.kube, registries: facts().kube.registries, endpoints: facts().kube.endpoints };
    expect(isRefusal(planSync(node2, { ...seen, kube }, [], { ...when, begun: true }))).toBe(false);
  });
});

describe('a sync of every registry', () => {
  it('means those that exist, and its plan names them', () => {
    expect(sync.settle(all, complete().kube)).toEqual(node2);
    expect(sync.settle({ ...all, nodes: ['node-3'] }, complete().kube)).toMatchObject({ nodes: ['node-3'] });
  });

  it('does not touch a registry that appeared later: the plan is stale', () => {
    const approved = planOf(beforeUpgrade());
    const seen = beforeUpgrade();
    const registries = [...seen.kube.registries, { node: 'node-3', ready: true, version: '128.0.1', carries: [] }];
    const kube = {
      ...seen.kube,
      registries,
      endpoints: { ready: ['10.200.3.11', '10.200.3.13', '10.200.3.14'], notReady: [] },
    };
    const needed = stepsStillNeeded(approved, planOf({ ...seen, kube }, [], true));
    expect(needed).toMatchObject({ refused: 'plan-stale', says: expect.stringContaining('a new registry, on node-3') });
  });

  it('is refused without one, with the command that adds one', () => {
    expect(sync.settle(all, facts().kube)).toEqual(all);
    expect(refusalOf(alone(['http://10.200.3.11:8080']), all)).toMatchObject({
      refused: 'no-registry',
      tryNext: expect.stringContaining('/registry-ha add'),
    });
  });

  it('takes the address of a deleted node out of the engines, with nothing else to do', () => {
    const dead = 'http://10.200.3.99:8080';
    const plan = planOf(alone(['http://10.200.3.11:8080', dead]), [], false, all);
    expect(plan.approved.intent.nodes).toEqual([]);
    expect(plan.approved.steps).toMatchObject([
      { kind: 'engines', addresses: ['10.200.3.11'] },
      { kind: 'verify', addresses: ['10.200.3.11'] },
    ]);
    expect(plan.seen.findings.join(' ')).toContain(`lists ${dead}, the address of no node.`);
    expect(plan.seen.warnings).toContain(
      'Only the bootstrap’s registry is left. No image can be pulled while the bootstrap node is away.',
    );
    const change = { intent: all, plan };
    expect([sync.words.aim(change), sync.words.effect(change)]).toEqual([
      'Sync the container engines',
      'Takes every address without a registry out of the container engines.',
    ]);
  });

  it('names the replaced node that still has the address, and how to give it a registry', () => {
    const plan = planOf(alone(['http://10.200.3.11:8080', 'http://10.200.3.13:8080']), [], false, all);
    expect(plan.seen.findings.join(' ')).toContain(
      'http://10.200.3.13:8080, the address of node-2, which has no registry',
    );
    expect(plan.seen.warnings.join(' ')).toContain('To give it a registry instead: /registry-ha add node-2');
  });

  it('goes on when the engines are right already, and a new plan is not needed', () => {
    expect(planOf(alone(['http://10.200.3.11:8080']), [], true, all).approved.steps).toMatchObject([
      { kind: 'verify' },
    ]);
  });

  it('takes the address of a deleted node out of the engines along with the rest', () => {
    const seen = complete();
    const dead = 'http://10.200.3.99:8080';
    const engines = seen.engines.map((one) =>
      one.is === 'known' ? { ...one, endpoints: [...one.endpoints, dead] } : one,
    );
    const plan = planOf({ ...seen, engines });
    expect(plan.approved.steps).toMatchObject([
      { kind: 'engines', addresses: ['10.200.3.11', '10.200.3.13'] },
      { kind: 'verify' },
    ]);
    expect(plan.seen.findings.join(' ')).toContain(dead);
  });
});

describe('a sync is refused', () => {
  it('of a node without a registry, with the command that adds one', () => {
    const refusal = refusalOf(facts({ targets: [emptyTarget('node-3')] }), { ...node2, nodes: ['node-3'] });
    expect(refusal).toMatchObject({
      refused: 'no-registry',
      says: 'node-3 has no registry to sync.',
      tryNext: 'To give it one: /registry-ha add node-3',
    });
  });

  it('when nothing is left to do, with what was verified', () => {
    const proof = { is: 'same', images: 5, blobs: 5, bytes: 35 } as const;
    const refusal = refusalOf({ ...complete(), proof });
    expect(refusal.refused).toBe('nothing-to-sync');
    expect(refusal.says).toContain('Verified now: 5/5 images, every layer hashed (5 blobs, 35 B).');
    expect(refusal.tryNext).toContain('`/registry-ha sync node-2`');
  });

  it('when everything is there and one layer differs', () => {
    const proof = { is: 'different', node: 'node-2', says: 'On node-2, x lacks y.' } as const;
    expect(refusalOf({ ...complete(), proof })).toMatchObject({
      refused: 'registry-unfit',
      says: expect.stringContaining('lacks y'),
    });
  });

  it('while an upgrade is under way, and says which registry does not have the new version', () => {
    const seen = complete();
    const refusal = refusalOf({ ...seen, kube: { ...seen.kube, clusterVersion: '129.0.0' } });
    expect(refusal.refused).toBe('upgrade-under-way');
    expect(refusal.says).toContain('The registry of node-2 does not have 129.0.0.');
  });
});
