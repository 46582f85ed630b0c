import { expect, it } from 'vitest';
import type { Facts } from '../../../src/domain/cluster/facts.ts';
import type { ServedBlob } from '../../../src/domain/cluster/registry.ts';
import type { StepKind } from '../../../src/domain/plan/step.ts';
import type { StepWorld } from '../../../src/steps/world/step-world.ts';
import type { FakeLab } from '../../fakes/fake-lab.ts';
import { current, node, older, solution } from '../../fixtures/facts.ts';
import { labBefore, of, outcome } from '../steps-world.ts';

/** Something that is nearly as the step wants it: the step must not end well, whatever its commands have answered. */
interface Case {
  readonly kind: StepKind;
  readonly when: string;
  readonly spoils?: (lab: FakeLab) => void;
  readonly world?: Partial<StepWorld>;
  readonly says: string;
}

const alsoReady = (lab: FakeLab, address: string): void => {
  lab.change = (seen) => {
    const { endpoints } = seen.kube;
    return { ...seen, kube: { ...seen.kube, endpoints: { ...endpoints, ready: [...endpoints.ready, address] } } };
  };
};

/** One engine lists a registry too many. */
const alsoListed = (lab: FakeLab): void => {
  lab.change = (seen): Facts => ({
    ...seen,
    engines: seen.engines.map((one) =>
      one.is === 'known' && one.node === 'node-3'
        ? { ...one, endpoints: [...one.endpoints, 'http://10.200.3.99:8080'] }
        : one,
    ),
  });
};

const registryOf2 = (lab: FakeLab, changes: Partial<Facts['kube']['registries'][number]>): void => {
  lab.change = (seen) => {
    const registries = seen.kube.registries.map((one) => (one.node === 'node-2' ? { ...one, ...changes } : one));
    return { ...seen, kube: { ...seen.kube, registries } };
  };
};

/** The mounts and the lines of fstab on every node, changed. */
function mountsAre(lab: FakeLab, change: (seen: Mounts) => Mounts): void {
  const { mounts } = lab.targets;
  lab.targets.mounts = async (...asked) => change(await mounts(...asked));
}
type Mounts = Awaited<ReturnType<FakeLab['targets']['mounts']>>;

const blobsAre = (lab: FakeLab, served: ServedBlob | null): void => {
  lab.registries.blob = async () => served;
};

/** node-4 joins the cluster, and its engine lists these. */
const withNode4 = (lab: FakeLab, endpoints: readonly string[]): void => {
  lab.change = (seen): Facts => ({
    ...seen,
    kube: { ...seen.kube, nodes: [...seen.kube.nodes, node('node-4', 15, ['node'])] },
    engines: [...seen.engines, { node: 'node-4', is: 'known', endpoints }],
  });
};

const NOT_MOUNTED = 'metalk8s-127.0.6 and metalk8s-128.0.1 is not mounted from its ISO, or not in /etc/fstab.';
const OTHER_ARCHIVES = 'The archives on the bootstrap node differ from those in the plan.';
const ENGINE_3 =
  'The container engine of node-3 does not list exactly http://10.200.3.11:8080 and http://10.200.3.13:8080.';

const cases: readonly Case[] = [
  {
    kind: 'mount',
    when: 'an archive is mounted and would not be after a reboot',
    spoils: (lab) => mountsAre(lab, (seen) => ({ ...seen, fstab: [] })),
    says: NOT_MOUNTED,
  },
  {
    kind: 'mount',
    when: 'an archive stands in fstab and is not mounted',
    spoils: (lab) => mountsAre(lab, (seen) => ({ ...seen, mounts: [] })),
    says: NOT_MOUNTED,
  },
  {
    kind: 'mount',
    when: 'something else is mounted at the place of an archive',
    spoils: (lab) =>
      mountsAre(lab, ({ fstab }) => ({ fstab, mounts: fstab.map((one) => ({ ...one, backingFile: '/other.iso' })) })),
    says: NOT_MOUNTED,
  },
  {
    kind: 'solutions',
    when: 'the registry is not told to serve a solution that is mounted',
    spoils: (lab) => {
      lab.targets.registryConfig = async () => [];
    },
    says: 'The registry configuration of example-solution-0.1.0 is missing.',
  },
  {
    kind: 'deploy',
    when: 'the pod does not carry every archive',
    spoils: (lab) => registryOf2(lab, { carries: [current.id, solution.id] }),
    says: 'The pod repositories-node-2 does not carry every archive.',
  },
  {
    kind: 'deploy',
    when: 'the pod carries an archive that is gone from the plan',
    spoils: (lab) => registryOf2(lab, { carries: [older.id, current.id, solution.id, 'gone-0.0.9'] }),
    says: 'The pod repositories-node-2 does not carry every archive.',
  },
  {
    kind: 'deploy',
    when: 'the pod is of another version',
    spoils: (lab) => registryOf2(lab, { version: '127.0.6' }),
    says: 'The pod repositories-node-2 has version 127.0.6, not 128.0.1.',
  },
  {
    kind: 'ready',
    when: 'Kubernetes lists a registry too many',
    spoils: (lab) => alsoReady(lab, '10.200.3.99'),
    says: 'Kubernetes lists 10.200.3.11, 10.200.3.13 and 10.200.3.99 as Ready instead of exactly 10.200.3.11 and 10.200.3.13.',
  },
  { kind: 'engines', when: 'one engine lists a registry too many', spoils: alsoListed, says: ENGINE_3 },
  { kind: 'verify', when: 'one engine lists a registry too many', spoils: alsoListed, says: ENGINE_3 },
  {
    kind: 'verify',
    when: 'a planned node is gone',
    spoils: (lab) => {
      lab.change = (seen) => ({
        ...seen,
        kube: { ...seen.kube, nodes: seen.kube.nodes.filter(({ name }) => name !== 'node-3') },
      });
    },
    says: 'No longer in the cluster: node-3.',
  },
  {
    kind: 'verify',
    when: 'the engine of a node that has joined lists other registries',
    spoils: (lab) => withNode4(lab, ['http://10.200.3.11:8080']),
    says: ENGINE_3.replace('node-3', 'node-4'),
  },
  {
    kind: 'verify',
    when: 'a blob has another size',
    spoils: (lab) => blobsAre(lab, { size: 6, sha256: null }),
    says: 'On node-2, metalk8s-127.0.6/pause:3.9 has the blob sha256:111111111111 with 6 instead of 7 bytes, and 4 more differ.',
  },
  {
    kind: 'verify',
    when: 'a blob has the right size and other bytes',
    spoils: (lab) => blobsAre(lab, { size: 7, sha256: '2'.repeat(64) }),
    says: 'On node-2, metalk8s-127.0.6/pause:3.9 has wrong bytes in the blob sha256:111111111111: the SHA-256 of what it serves is 222222222222, and 4 more differ.',
  },
  {
    kind: 'verify',
    when: 'a blob is not there',
    spoils: (lab) => blobsAre(lab, null),
    says: 'On node-2, metalk8s-127.0.6/pause:3.9 lacks the blob sha256:111111111111, and 4 more differ.',
  },
  {
    kind: 'verify',
    when: 'an archive of the plan is gone from the bootstrap node',
    world: { archives: [older, current] },
    says: OTHER_ARCHIVES,
  },
  {
    kind: 'verify',
    when: 'an archive on the bootstrap node was replaced',
    world: { archives: [older, { ...current, sha256: 'e'.repeat(64) }, solution] },
    says: OTHER_ARCHIVES,
  },
];

it.each(cases)('the step $kind fails when $when', async ({ kind, spoils, world = {}, says }) => {
  const lab = await labBefore(kind);
  spoils?.(lab);
  expect(await outcome(of(kind), lab, world)).toMatchObject({ failure: { kind: 'not-confirmed', what: says } });
});

it('the proof checks the engine of a node that has joined since the plan, and names it', async () => {
  const lab = await labBefore('verify');
  withNode4(lab, ['http://10.200.3.11:8080', 'http://10.200.3.13:8080']);
  expect(await outcome(of('verify'), lab)).toMatchObject({
    outcome: {
      note: expect.stringContaining('5/5 engines, also of node-4, new since the plan'),
      proof: { engines: 5, engineTotal: 5, newNodes: ['node-4'] },
    },
  });
});
