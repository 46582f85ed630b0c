import { describe, expect, it } from 'vitest';
import { timed } from '../../../../src/app/plan/fresh-plan.ts';
import { isRefusal, type Refusal } from '../../../../src/domain/answers/refusal.ts';
import { mountpointOf } from '../../../../src/domain/cluster/archive.ts';
import type { Facts, OpenTarget, ServedFacts, TargetFacts } from '../../../../src/domain/cluster/facts.ts';
import { partOf } from '../../../../src/domain/node-commands/part-file.ts';
import { planDigest } from '../../../../src/domain/plan/digest.ts';
import type { IntentOf } from '../../../../src/domain/plan/intent.ts';
import type { Plan } from '../../../../src/domain/plan/plan.ts';
import { stepsStillNeeded } from '../../../../src/domain/plan/stale-plan.ts';
import { planAdd } from '../../../../src/domain/verbs/add/plan.ts';
import {
  addNode2,
  current,
  emptyTarget,
  facts,
  finished,
  nodes,
  older,
  solution,
  withTarget,
} from '../../../fixtures/facts.ts';
import { expectGolden } from '../../../fixtures/golden.ts';

const when = { change: 'lab-7f3k2q', at: '2026-11-22T10:00:00.000Z', begun: false };

function planOf(intent: IntentOf<'add'>, seen: Facts, begun = false): Plan {
  const plan = planAdd(intent, seen, { ...when, begun });
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return timed(plan, 3);
}

const kinds = (plan: Plan) => plan.approved.steps.map(({ id }) => id);

/** node-2 after the documented procedure alone: everything but the include of the older version. */
function documented(): Facts {
  const done = finished();
  const [target] = done.targets;
  if (target?.is !== 'open') throw new Error('node-2 is open');
  return {
    ...done,
    targets: [{ ...target, registryConfig: target.registryConfig.filter((file) => !file.includes('127.0.6')) }],
    served: done.served.map((served) =>
      served.node === 'node-2' && served.archive === older.id
        ? { ...served, missing: ['metalk8s-127.0.6/pause:3.9', 'metalk8s-127.0.6/etcd:3.5.14-0'] }
        : served,
    ),
  };
}

const withNode3Empty = (seen: Facts): Facts => ({ ...seen, targets: [...seen.targets, emptyTarget('node-3')] });

const withOwnMachine = (target: TargetFacts): TargetFacts =>
  target.is === 'open' ? { ...target, machine: emptyTarget(target.node).machine } : target;

/** The same with a whole registry on node-3 as well, and whatever other targets there are. */
function node3Too(seen: Facts, ...more: readonly OpenTarget[]): Facts {
  const like2 = <T extends { readonly node: string }>(all: readonly T[]): readonly T[] =>
    all.flatMap((one) => (one.node === 'node-2' ? [one, { ...one, node: 'node-3' }] : [one]));
  const { kube, engines } = seen;
  return {
    ...seen,
    kube: {
      ...kube,
      endpoints: { ready: [...kube.endpoints.ready, '10.200.3.14'], notReady: [] },
      registries: like2(kube.registries),
    },
    targets: [...like2(seen.targets).map(withOwnMachine), ...more],
    engines: engines.map((engine) =>
      engine.is === 'known' ? { ...engine, endpoints: [...engine.endpoints, 'http://10.200.3.14:8080'] } : engine,
    ),
    served: like2(seen.served),
  };
}

/** What node-2 looks like when all is done, but for this. */
function finishedBut(target: Partial<OpenTarget>): Facts {
  const done = finished();
  return { ...done, targets: done.targets.map((one) => (one.is === 'open' ? { ...one, ...target } : one)) };
}

/** The same, and its registry is another one. */
function registryOf2(changes: Partial<Facts['kube']['registries'][number]>): Facts {
  const done = finished();
  const registries = done.kube.registries.map((one) => (one.node === 'node-2' ? { ...one, ...changes } : one));
  return { ...done, kube: { ...done.kube, registries } };
}

const gapOutsideBootstrap = (one: ServedFacts): ServedFacts =>
  one.node === 'bootstrap' ? one : { ...one, missing: ['metalk8s-127.0.6/pause:3.9'] };

it('names the lines that /etc/fstab gets, and only those that are not there yet', () => {
  const linesOf = (fstab: OpenTarget['fstab']) => {
    const { approved } = planOf(addNode2, withTarget({ fstab }));
    return approved.sideEffects.filter((effect) => effect.includes('/etc/fstab'));
  };
  const line = ({ id, path }: typeof older) => ({ mountpoint: mountpointOf({ id }), backingFile: path });
  expect(linesOf([])).toEqual(['/etc/fstab of node-2 gets a line for each of the 3 archives.']);
  expect(linesOf([line(older), line(solution)])).toEqual(['/etc/fstab of node-2 gets a line for metalk8s-128.0.1.']);
  expect(linesOf([older, current, solution].map(line))).toEqual([]);
});

describe('the plan of add', () => {
  it('has every documented step, and the omitted one, on an empty node', () => {
    expectGolden('plans/empty-node', planOf(addNode2, facts()));
  });

  it('says how much an interrupted copy left, and how to delete what no copy can use', () => {
    const foreign = `${current.path}.part-lab-7f3k2q`;
    const parts = [
      { path: partOf(older), size: 700_000_000 },
      { path: foreign, size: 300_000_000 },
    ];
    const { approved, seen } = planOf(addNode2, withTarget({ parts }));
    expect(seen.findings[0]).toBe(
      'node-2 has 700 MB of metalk8s-127.0.6 from an interrupted copy. They are verified, and only the rest is sent.',
    );
    expect(seen.warnings).toContain(
      `Interrupted copies left 300 MB on node-2 that no copy can use. To delete it, run \`rm -- ${foreign}\` on node-2 as root.`,
    );
    expect(seen.space.map(({ needed }) => needed)).toEqual([older.size - 700_000_000 + current.size + solution.size]);
    expect(approved).toEqual(planOf(addNode2, facts()).approved);
  });

  it('gives the copy of another change the same part file, and other contents another one', () => {
    const parts = (plan: Plan) => plan.approved.steps.flatMap((step) => (step.kind === 'copy' ? [step.part] : []));
    const later = planAdd(addNode2, facts(), { ...when, change: 'lab-222222' });
    if (isRefusal(later)) throw new Error(later.says);
    expect(parts(timed(later, 3))).toEqual(parts(planOf(addNode2, facts())));
    expect(partOf(older)).not.toBe(partOf({ ...older, sha256: current.sha256 }));
  });

  it('does not copy again what is on the node byte for byte', () => {
    const files = [older, current, solution].map(({ path, size }, index) => ({
      path,
      is: index === 1 ? ('absent' as const) : ('same' as const),
      size,
      mounted: false,
    }));
    expectGolden('plans/two-archives-there', planOf(addNode2, withTarget({ files })));
  });

  it('keeps the bootstrap’s registry for every engine, even when its pod was not listed while kubelet made it anew', () => {
    const seen = facts();
    const registries = seen.kube.registries.filter(({ node }) => node !== 'bootstrap');
    const plan = planOf(addNode2, { ...seen, kube: { ...seen.kube, registries } });
    const addresses = plan.approved.steps.flatMap((step) => ('addresses' in step ? [step.addresses] : []));
    expect(addresses.length).toBeGreaterThan(1);
    for (const all of addresses) expect(all).toEqual(['10.200.3.11', '10.200.3.13']);
  });

  it('leaves out solutions on a cluster without any', () => {
    const seen = facts({
      bootstrap: {
        ...facts().bootstrap,
        solutionsFile: { is: 'absent' },
        archives: [older, current].map((archive) => ({ is: 'sound', archive })),
      },
    });
    expect(kinds(planOf(addNode2, seen))).not.toContain('solutions:node-2');
  });

  it('serves several nodes one after the other and touches the engines once', () => {
    const seen = facts({ targets: [emptyTarget('node-2'), emptyTarget('node-3')] });
    expectGolden('plans/two-nodes', planOf({ ...addNode2, nodes: ['node-2', 'node-3'] }, seen));
  });

  it('completes a registry whose images of the other version return 404', () => {
    const plan = planOf(addNode2, documented());
    expect(kinds(plan)).toEqual([
      'other-version:node-2:metalk8s-127.0.6',
      'withdraw:node-2',
      'deploy:node-2',
      'ready:node-2',
      'verify',
    ]);
    expect(plan.seen.warnings.join(' ')).toContain('These steps complete it');
  });

  it('is refused when the registry is complete and every engine lists it', () => {
    const refusal = planAdd(addNode2, finished(), when) as Refusal;
    expect(refusal.refused).toBe('registry-exists');
    expect(refusal.says).toContain('The layers of the images were not read.');
  });

  it('says that every layer was hashed only with a proof', () => {
    const proof = { is: 'same', images: 5, blobs: 21, bytes: 1_200_000_000 } as const;
    expect(planAdd(addNode2, { ...finished(), proof }, when)).toEqual({
      refused: 'registry-exists',
      says: 'node-2 already has a registry. Verified now: 5/5 images, every layer hashed (21 blobs, 1.2 GB). Kubernetes lists it as Ready, and every engine uses it.',
      tryNext: 'To verify again, run `/registry-ha add node-2` at any time.',
    });
  });

  it('is refused with the difference when a complete registry serves other bytes', () => {
    const proof = { is: 'different', node: 'node-2', says: 'On node-2, x has wrong bytes.' } as const;
    expect(planAdd(addNode2, { ...finished(), proof }, when)).toMatchObject({
      refused: 'registry-unfit',
      says: 'node-2 already has a registry. What is served is not what the bootstrap node serves. On node-2, x has wrong bytes.',
    });
  });

  it('says of several registries that each is listed and used', () => {
    const both = { ...addNode2, nodes: ['node-2', 'node-3'] };
    expect(planAdd(both, node3Too(finished()), when)).toMatchObject({
      refused: 'registry-exists',
      says: 'node-2 and node-3 already have registries. The layers of the images were not read. Kubernetes lists each as Ready, and every engine uses each.',
    });
  });

  it('warns only of incomplete registries', () => {
    const oneMore = { ...addNode2, nodes: ['node-2', 'node-3'] };
    const { seen } = planOf(oneMore, withNode3Empty(finished()));
    expect(seen.warnings.join(' ')).not.toContain('not complete');
    expect(seen.findings).toContain('The registry of node-2 serves every manifest already, and every engine lists it.');
    const three = { ...addNode2, nodes: ['node-1', 'node-2', 'node-3'] };
    const two = planOf(three, node3Too(finished(), emptyTarget('node-1')));
    expect(two.seen.findings).toContain(
      'The registries of node-2 and node-3 serve every manifest already, and every engine lists them.',
    );
  });

  it.each<readonly [string, (seen: Facts) => Facts]>([
    ['an engine does not know', (seen) => ({ ...seen, engines: facts().engines })],
    ['Kubernetes does not list', (seen) => ({ ...seen, kube: { ...seen.kube, endpoints: facts().kube.endpoints } })],
    ['serve too little', (seen) => ({ ...seen, served: seen.served.map(gapOutsideBootstrap) })],
  ])('warns of registries that %s', (_, spoilt) => {
    const plan = planOf({ ...addNode2, nodes: ['node-2', 'node-3'] }, spoilt(node3Too(finished())));
    expect(plan.seen.warnings).toContain(
      'The registries of node-2 and node-3 are incomplete or not listed by every engine. These steps complete them.',
    );
    expect(plan.seen.findings.join(' ')).not.toContain('serve every manifest');
  });

  it.each<readonly [string, Facts, readonly string[]]>([
    ['that is in fstab and not mounted', finishedBut({ mounts: [] }), ['mount:node-2', 'solutions:node-2']],
    ['that is mounted and not in fstab', finishedBut({ fstab: [] }), ['mount:node-2', 'solutions:node-2']],
  ])('mounts an archive %s', (_, seen, steps) => {
    expect(kinds(planOf(addNode2, seen)).slice(0, 2)).toEqual(steps);
  });

  it.each<readonly [string, Facts]>([
    ['of another version', registryOf2({ version: '127.0.6' })],
    ['that does not carry every archive', registryOf2({ carries: [current.id, solution.id] })],
    ['that carries an archive too many', registryOf2({ carries: [older.id, current.id, solution.id, 'gone-0.0.9'] })],
    [
      'that was asked for some of the archives only',
      {
        ...finished(),
        served: finished().served.filter(({ node, archive }) => node !== 'node-2' || archive !== older.id),
      },
    ],
  ])('deploys again over a registry %s', (_, seen) => {
    expect(kinds(planOf(addNode2, seen))).toEqual(['deploy:node-2', 'ready:node-2', 'verify']);
  });

  it.each<readonly [string, (engines: Facts['engines']) => Facts['engines']]>([
    [
      'when one of them lists a registry too many',
      (engines) =>
        engines.map((one) =>
          one.is === 'known' && one.node === 'node-3'
            ? { ...one, endpoints: [...one.endpoints, 'http://10.200.3.99:8080'] }
            : one,
        ),
    ],
    ['when none of them was read', () => []],
  ])('reconfigures the engines %s', (_, read) => {
    const done = finished();
    expect(kinds(planOf(addNode2, { ...done, engines: read(done.engines) }))).toEqual(['engines', 'verify']);
  });

  it('has only the proof left when a begun change finds everything done', () => {
    expect(kinds(planOf(addNode2, finished(), true))).toEqual(['verify']);
  });

  it('is the same to the byte for the same facts, and survives JSON', () => {
    const plan = planOf(addNode2, facts());
    expect(JSON.stringify(planOf(addNode2, facts()))).toBe(JSON.stringify(plan));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('the digest', () => {
  it('changes with every single step, archive, host key and way to a node, so that an approval is for nothing else', () => {
    const { approved } = planOf(addNode2, facts());
    const digests = new Set([planDigest(approved)]);
    for (const [index] of approved.steps.entries())
      digests.add(planDigest({ ...approved, steps: approved.steps.toSpliced(index, 1) }));
    digests.add(
      planDigest({
        ...approved,
        archives: approved.archives.map((archive) => ({ ...archive, sha256: 'd'.repeat(64) })),
      }),
    );
    digests.add(planDigest({ ...approved, hostKeys: [] }));
    const access = approved.access?.map((one) => ({ ...one, keyPath: '/root/other' })) ?? [];
    digests.add(planDigest({ ...approved, access }));
    expect(digests.size).toBe(approved.steps.length + 4);
  });

  it('does not change with free space or the time of day', () => {
    const roomier = withTarget({
      space: [{ mountpoint: '/srv', available: 90_000_000_000, paths: [older.path, current.path, solution.path] }],
    });
    expect(planDigest(planOf(addNode2, roomier).approved)).toBe(planDigest(planOf(addNode2, facts()).approved));
  });
});

describe('a fresh look before applying', () => {
  const approved = planOf(addNode2, facts());

  it('runs only the steps that are still needed', () => {
    const files = [older, current, solution].map(({ path, size }) => ({
      path,
      is: 'same' as const,
      size,
      mounted: false,
    }));
    const steps = stepsStillNeeded(approved, planOf(addNode2, withTarget({ files }), true));
    expect(isRefusal(steps) ? steps : steps.map(({ id }) => id)).toEqual([
      'mount:node-2',
      'solutions:node-2',
      'other-version:node-2:metalk8s-127.0.6',
      'deploy:node-2',
      'ready:node-2',
      'engines',
      'verify',
    ]);
  });

  const ofNewMachine = {
    node: 'node-2',
    key: { host: '10.200.3.13', port: 2222, algorithm: 'ssh-ed25519', key: 'bmV3', fingerprint: 'SHA256:new' },
  };

  it.each<readonly [string, Partial<Plan['approved']>, string]>([
    ['an archive', { archives: [] }, 'an archive on the bootstrap node is different'],
    ['a host key', { hostKeys: [] }, 'the SSH host key of a node is different'],
    ['the host key of a new machine', { hostKeys: [ofNewMachine] }, 'the SSH host key of node-2 is different'],
    [
      'the way to a node',
      { access: [{ node: 'node-2', host: 'h', port: 22, user: 'mallory', keyPath: '/k', sudo: true }] },
      'the worker would now connect to node-2 at h:22 as mallory with the key /k and sudo, which nobody approved',
    ],
    ['the version', { version: '128.0.2' }, 'the version is different'],
  ])('refuses when %s alone is not what was approved', (_, other, says) => {
    const fresh = { ...approved, approved: { ...approved.approved, ...other } };
    expect(stepsStillNeeded(approved, fresh)).toMatchObject({
      refused: 'plan-stale',
      says: `The cluster has changed since the plan was shown: ${says}.`,
    });
  });

  it('runs what was approved when a newer version of the worker only names the steps otherwise', () => {
    const steps = approved.approved.steps.map((step) => ({ ...step, says: `In other words: ${step.says}` }));
    const fresh = { ...approved, approved: { ...approved.approved, steps } };
    expect(stepsStillNeeded(approved, fresh)).toEqual(steps);
  });

  it.each(approved.approved.steps.filter(({ commands }) => commands.length > 0).map(({ id }) => id))(
    'refuses when %s alone would run another command',
    (id) => {
      const steps = approved.approved.steps.map((step) => (step.id === id ? { ...step, commands: [] } : step));
      const isCopy = id.startsWith('copy:');
      const fresh = { ...approved, approved: { ...approved.approved, steps } };
      // A copy's commands follow its seed, and the approved copy runs without it.
      expect(isRefusal(stepsStillNeeded(approved, fresh))).toBe(!isCopy);
    },
  );

  it('refuses when an ISO was replaced after the approval', () => {
    const replaced = { ...current, sha256: 'e'.repeat(64) };
    const seen = facts({
      bootstrap: {
        ...facts().bootstrap,
        archives: [older, replaced, solution].map((archive) => ({ is: 'sound', archive })),
      },
    });
    expect(stepsStillNeeded(approved, planOf(addNode2, seen, true))).toMatchObject({ refused: 'plan-stale' });
  });

  it('refuses when another registry has joined since', () => {
    const { kube } = facts();
    const seen = facts({
      kube: {
        ...kube,
        endpoints: { ready: ['10.200.3.11', '10.200.3.12'], notReady: [] },
        registries: [...kube.registries, { node: 'node-1', ready: true, version: '128.0.1', carries: [] }],
      },
    });
    expect(stepsStillNeeded(approved, planOf(addNode2, seen, true))).toMatchObject({ refused: 'plan-stale' });
  });

  it('refuses when another machine answers as the node, and warns of cloned machines without refusing', () => {
    const clone = { id: 'clone', uuid: null };
    const kube = { ...facts().kube, nodes: nodes.map((one) => ({ ...one, machine: clone })) };
    const seen = withTarget({ machine: { ...emptyTarget('node-2').machine, ...clone } });
    const fresh = planOf(addNode2, { ...seen, kube }, true);
    expect(fresh.seen.warnings.join()).toContain('have the same machine ID (clone)');
    expect(stepsStillNeeded(approved, fresh)).toMatchObject({
      refused: 'plan-stale',
      says: expect.stringContaining('another machine answers'),
    });
    const { machines: _, ...older } = approved.approved;
    expect(stepsStillNeeded({ ...approved, approved: older }, fresh)).toEqual(fresh.approved.steps);
  });

  it('refuses when the node shows another host key', () => {
    const seen = withTarget({
      hostKey: { ...emptyTarget('node-2').hostKey, key: 'other', fingerprint: 'SHA256:other' },
    });
    expect(stepsStillNeeded(approved, planOf(addNode2, seen, true))).toMatchObject({ refused: 'plan-stale' });
  });
});
