import { expect, it } from 'vitest';
import type { RefusalCode } from '../../../src/domain/answers/refusal.ts';
import type { Facts, ListedArchive } from '../../../src/domain/cluster/facts.ts';
import { firstRefusal, refusalBeforeStep } from '../../../src/domain/guards/guards.ts';
import { SPACE_MARGIN } from '../../../src/domain/guards/nodes.ts';
import { partOf } from '../../../src/domain/node-commands/part-file.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import {
  addNode2,
  current,
  emptyTarget,
  facts,
  type node,
  nodes,
  older,
  solution,
  withBootstrap,
  withKube,
  withTarget,
} from '../../fixtures/facts.ts';
import { expectGolden } from '../../fixtures/golden.ts';

interface Case {
  readonly name: string;
  readonly refused: RefusalCode;
  readonly facts: Facts;
  readonly intent?: Intent;
}

const bad = (fault: Extract<ListedArchive, { is: 'bad' }>['fault'], id?: string): Facts => {
  const entry: ListedArchive = {
    is: 'bad',
    path: older.path,
    listedIn: '/etc/metalk8s/bootstrap.yaml',
    fault,
    says: `${older.path} is ${fault}.`,
    ...(id === undefined ? {} : { id }),
  };
  return withBootstrap({ archives: [entry, { is: 'sound', archive: current }] });
};
const withNode2 = (changes: Parameters<typeof node>[3]): Facts =>
  withKube({ nodes: nodes.map((one) => (one.name === 'node-2' ? { ...one, ...changes } : one)) });
const closed = (fault: 'unreachable' | 'host-key-changed' | 'no-sudo'): Facts =>
  facts({ targets: [{ is: 'closed', node: 'node-2', fault, says: `node-2: ${fault}.` }] });
const atVersion = (version: string): Facts =>
  withKube({ clusterVersion: version, nodes: nodes.map((one) => ({ ...one, version })) });
const listedOnly = (...archives: (typeof older)[]): Facts =>
  withBootstrap({ archives: archives.map((archive) => ({ is: 'sound', archive })) });

const onNode3 = { node: 'node-3', ready: true, version: '128.0.1', carries: [] };

const NAMES = nodes.map(({ name }) => name);

const cases: readonly Case[] = [
  {
    name: 'Endpoints with an address of no node',
    refused: 'registry-unfit',
    facts: withKube({ endpoints: { ready: ['10.200.3.11', '10.200.3.99'], notReady: [] } }),
  },
  {
    name: 'Endpoints with a node that has no registry pod',
    refused: 'registry-unfit',
    facts: withKube({ endpoints: { ready: ['10.200.3.11', '10.200.3.14'], notReady: [] } }),
  },
  {
    name: 'a bootstrap.yaml without archives, while the own version is mounted',
    refused: 'upgrade-under-way',
    facts: withBootstrap({ archives: [], mountedUnlisted: ['metalk8s-128.0.1'] }),
  },
  {
    name: 'engines that cannot be read, each for its own reason',
    refused: 'engine-unreadable',
    facts: facts({
      engines: [
        {
          node: 'node-2',
          is: 'no-answer',
          says: '`crictl info` on node-2 gave no answer that can be read. It says: FATA.',
        },
        { node: 'node-3', is: 'silent', says: 'The minion of node-3 did not answer.' },
      ],
    }),
  },
  {
    name: 'an unknown node',
    refused: 'unknown-node',
    facts: facts(),
    intent: { ...addNode2, nodes: ['node-22'] },
  },
  {
    name: 'the bootstrap node',
    refused: 'bootstrap-node',
    facts: facts(),
    intent: { ...addNode2, nodes: ['bootstrap'] },
  },
  { name: 'a target that is not Ready', refused: 'node-not-ready', facts: withNode2({ ready: false }) },
  {
    name: 'another node that is not Ready',
    refused: 'node-not-ready',
    facts: withKube({ nodes: nodes.map((one) => (one.name === 'node-3' ? { ...one, ready: false } : one)) }),
  },
  { name: 'a target without an address', refused: 'no-address', facts: withNode2({ ip: null }) },
  {
    name: 'a user without sudo',
    refused: 'no-sudo',
    facts: withNode2({ access: { node: 'node-2', host: 'x', port: 22, user: 'centos', keyPath: '/k', sudo: false } }),
  },
  { name: 'native registry replication', refused: 'native-registry', facts: withKube({ nativeRegistry: true }) },
  { name: 'an upgrade in progress', refused: 'upgrade-under-way', facts: withNode2({ version: '127.0.6' }) },
  { name: 'no cluster version', refused: 'upgrade-under-way', facts: withKube({ clusterVersion: null }) },
  { name: 'no archive of the cluster version', refused: 'upgrade-under-way', facts: listedOnly(older, solution) },
  { name: 'a cluster below 2.10.0', refused: 'version-too-old', facts: atVersion('2.9.3') },
  { name: 'a cluster with containerd 2', refused: 'unknown-layout', facts: atVersion('133.0.0') },
  {
    name: 'an engine with another layout',
    refused: 'unknown-layout',
    facts: facts({ engines: [{ node: 'node-1', is: 'other-layout', says: 'it uses config_path.' }] }),
  },
  {
    name: 'bootstrap.yaml that cannot be read',
    refused: 'config-unreadable',
    facts: withBootstrap({ bootstrapFile: { is: 'unreadable', says: 'bootstrap.yaml has no key archives.' } }),
  },
  {
    name: 'the wrong apiVersion of solutions.yaml',
    refused: 'solutions-version',
    facts: withBootstrap({
      solutionsFile: { is: 'refused-by-salt', apiVersion: 'metalk8s.scality.com/v1alpha1', archives: [] },
    }),
  },
  { name: 'a missing archive', refused: 'archive-missing', facts: bad('missing') },
  { name: 'an unreadable archive', refused: 'archive-unreadable', facts: bad('unreadable') },
  { name: 'a folder as archive', refused: 'archive-directory', facts: bad('directory') },
  { name: 'a truncated archive', refused: 'archive-damaged', facts: bad('truncated') },
  { name: 'an archive that the bootstrap does not serve', refused: 'archive-not-mounted', facts: bad('not-mounted') },
  { name: 'an archive replaced under its mount', refused: 'archive-not-mounted', facts: bad('replaced-under-mount') },
  { name: 'a relative path', refused: 'archive-path', facts: bad('relative-path') },
  { name: 'two archives of one version', refused: 'duplicate-versions', facts: bad('not-mounted', current.id) },
  {
    name: 'a mount that no file lists',
    refused: 'solutions-mismatch',
    facts: withBootstrap({ mountedUnlisted: ['example-solution-0.0.9'] }),
  },
  {
    name: 'a salt-master that is not Ready',
    refused: 'salt-master-down',
    facts: withKube({ saltMaster: { pod: 'salt-master-bootstrap', node: 'bootstrap', ready: false } }),
  },
  {
    name: 'a Salt master that does not answer',
    refused: 'salt-master-down',
    facts: facts({ salt: { masterAnswers: false, answered: [], jobs: [] } }),
  },
  {
    name: 'a minion that does not answer',
    refused: 'minion-silent',
    facts: facts({ salt: { masterAnswers: true, answered: ['bootstrap', 'node-1', 'node-2'], jobs: [] } }),
  },
  {
    name: 'another Salt job',
    refused: 'salt-busy',
    facts: facts({
      salt: { ...facts().salt, jobs: [{ fun: 'state.highstate', jid: '20261122100000000000', nodes: ['node-1'] }] },
    }),
  },
  {
    name: 'the bootstrap registry not Ready',
    refused: 'bootstrap-registry-not-ready',
    facts: withKube({ endpoints: { ready: [], notReady: ['10.200.3.11'] } }),
  },
  {
    name: 'an incomplete bootstrap registry',
    refused: 'bootstrap-registry-incomplete',
    facts: facts({
      served: [{ node: 'bootstrap', archive: older.id, expected: 2, missing: ['metalk8s-127.0.6/pause:3.9'] }],
    }),
  },
  {
    name: 'another registry that is not Ready',
    refused: 'registry-unfit',
    facts: withKube({ registries: [...facts().kube.registries, onNode3] }),
  },
  {
    name: 'another registry that lacks images',
    refused: 'registry-unfit',
    facts: {
      ...withKube({
        registries: [...facts().kube.registries, onNode3],
        endpoints: { ready: ['10.200.3.11', '10.200.3.14'], notReady: [] },
      }),
      served: [{ node: 'node-3', archive: older.id, expected: 2, missing: ['metalk8s-127.0.6/pause:3.9'] }],
    },
  },
  {
    name: 'two nodes at one SSH address',
    refused: 'wrong-machine',
    facts: withKube({
      nodes: nodes.map((one) =>
        one.name === 'node-3' ? { ...one, access: { ...one.access, host: '10.200.3.13', port: 2222 } } : one,
      ),
    }),
  },
  {
    name: 'a machine without the address of the node',
    refused: 'wrong-machine',
    facts: withTarget({ machine: emptyTarget('node-3').machine }),
  },
  {
    name: 'a machine with another machine ID',
    refused: 'wrong-machine',
    facts: withTarget({ machine: { ...emptyTarget('node-2').machine, id: 'another' } }),
  },
  {
    name: 'a machine with another system UUID and no machine ID',
    refused: 'wrong-machine',
    facts: withTarget({ machine: { ...emptyTarget('node-2').machine, id: null, uuid: 'another' } }),
  },
  {
    name: 'a machine that only its address identifies',
    refused: 'wrong-machine',
    facts: withTarget({ machine: { ...emptyTarget('node-2').machine, id: null, uuid: null } }),
  },
  {
    name: 'two bootstrap nodes',
    refused: 'two-bootstraps',
    facts: withKube({
      nodes: nodes.map((one) => (one.name === 'node-3' ? { ...one, roles: ['bootstrap', 'node'] } : one)),
    }),
  },
  {
    name: 'a former bootstrap node that runs again',
    refused: 'two-bootstraps',
    facts: withKube({ formerBootstraps: ['node-3'] }),
  },
  {
    name: 'a worker on another machine than the bootstrap node',
    refused: 'wrong-machine',
    facts: withBootstrap({ machine: { id: 'another', uuid: null } }),
  },
  {
    name: 'a worker on a node that is no longer the bootstrap node',
    refused: 'wrong-machine',
    facts: withBootstrap({
      machine: { id: nodes.find((one) => one.name === 'node-3')?.machine.id ?? null, uuid: null },
    }),
  },
  {
    name: 'a node with an IPv6 address only',
    refused: 'no-address',
    facts: withKube({ nodes: nodes.map((one) => (one.name === 'node-2' ? { ...one, ip: 'fd00::13' } : one)) }),
  },
  {
    name: 'a bootstrap node with an IPv6 address only',
    refused: 'no-address',
    facts: withKube({ nodes: nodes.map((one) => (one.name === 'bootstrap' ? { ...one, ip: 'fd00::11' } : one)) }),
  },
  {
    name: 'a blank in the path of an archive',
    refused: 'archive-path',
    facts: withBootstrap({ archives: [{ is: 'sound', archive: { ...current, path: '/my isos/a.iso' } }] }),
  },
  { name: 'SSH refused', refused: 'ssh-refused', facts: closed('unreachable') },
  { name: 'a changed host key', refused: 'host-key-changed', facts: closed('host-key-changed') },
  { name: 'sudo that asks for a password', refused: 'no-sudo', facts: closed('no-sudo') },
  { name: 'no isoinfo', refused: 'tool-missing', facts: withTarget({ hasIsoinfo: false }) },
  {
    name: 'a different file in the way',
    refused: 'file-in-the-way',
    facts: withTarget({ files: [{ path: current.path, is: 'different', size: 7, mounted: true }] }),
  },
  {
    name: 'a folder that another user can change',
    refused: 'folder-open',
    facts: withTarget({ openFolder: { path: '/my isos', owner: 'centos', mode: '775' } }),
  },
  {
    name: 'a folder that every user can write to',
    refused: 'folder-open',
    facts: withTarget({ openFolder: { path: '/var/tmp', owner: 'root', mode: '1777' } }),
  },
  {
    name: 'not enough space',
    refused: 'no-space',
    facts: withTarget({ space: [{ mountpoint: '/srv', available: 2_000_000_000, paths: [older.path, current.path] }] }),
  },
  {
    name: 'not enough space beside what interrupted copies left',
    refused: 'no-space',
    facts: withTarget({
      space: [{ mountpoint: '/srv', available: 1, paths: [older.path] }],
      parts: [{ path: `${older.path}.part-lab-7f3k2q`, size: 1_400_000_000 }],
    }),
  },
  {
    name: 'a copy of the registry’s manifest that kubelet runs',
    refused: 'file-in-the-way',
    facts: withTarget({ manifestCopies: ['/etc/kubernetes/manifests/repositories.yaml.bak'] }),
  },
  { name: 'port 8080 in use', refused: 'port-taken', facts: withTarget({ portTaken: true }) },
];

it.each(cases)('refuses $name', (one) => {
  expect(firstRefusal(one.intent ?? addNode2, one.facts)?.refused).toBe(one.refused);
});

it('gives every refusal a sentence and a next action', () => {
  const said = cases.map((one) => ({ case: one.name, ...firstRefusal(one.intent ?? addNode2, one.facts) }));
  expectGolden('refusals/add', said);
  for (const { tryNext } of said) expect(tryNext).toMatch(/\.$|\?$/);
});

it('refuses nothing on a healthy cluster', () => {
  expect(firstRefusal(addNode2, facts())).toBeNull();
});

it('takes what listens on port 8080 for the registry that Kubernetes shows on the node, also without its manifest', () => {
  const taken = withTarget({ portTaken: true });
  const registries = [...taken.kube.registries, { node: 'node-2', ready: true, version: '128.0.1', carries: [] }];
  expect(firstRefusal(addNode2, { ...taken, kube: { ...taken.kube, registries } })).toBeNull();
});

it('requires space only on the file system of the copies', () => {
  const space = [
    { mountpoint: '/', available: 1, paths: [] },
    { mountpoint: '/srv', available: 9_000_000_000, paths: [older.path, current.path, solution.path] },
  ];
  expect(firstRefusal(addNode2, withTarget({ space }))).toBeNull();
});

it('needs no space for bytes that an interrupted copy of the same content left', () => {
  const seen = (path: string) =>
    withTarget({
      space: [{ mountpoint: '/srv', available: older.size - 1_000 + SPACE_MARGIN, paths: [older.path] }],
      parts: [{ path, size: 1_000 }],
    });
  expect(firstRefusal(addNode2, seen(partOf(older)))).toBeNull();
  expect(firstRefusal(addNode2, seen(partOf({ ...older, sha256: current.sha256 })))?.refused).toBe('no-space');
});

it.each([
  ['exactly enough for the copies and the margin', 0, null],
  ['one byte less', 1, 'no-space'],
  ['room for the copies alone', SPACE_MARGIN, 'no-space'],
])('keeps a margin free beside the copies: %s', (_, missing, refused) => {
  const paths = [older.path, current.path];
  const available = older.size + current.size + SPACE_MARGIN - missing;
  const space = [{ mountpoint: '/srv', available, paths }];
  expect(firstRefusal(addNode2, withTarget({ space }))?.refused ?? null).toBe(refused);
});

it('stops before the next action when the cluster has another version than the plan', () => {
  expect(refusalBeforeStep(atVersion('128.0.2').kube, '128.0.1', NAMES)).toMatchObject({
    refused: 'upgrade-under-way',
    says: 'The cluster is now at 128.0.2, but the plan was made for 128.0.1.',
  });
});

it('lets files be deleted while other nodes, the Salt master and the bootstrap’s registry are away, and not in an upgrade', () => {
  const { kube } = facts();
  const away = {
    ...kube,
    nodes: [...nodes.map((one) => ({ ...one, ready: false })), ...nodes.map((one) => ({ ...one, name: 'node-9' }))],
    endpoints: { ready: [], notReady: [] },
    saltMaster: null,
  };
  expect(refusalBeforeStep(away, '128.0.1', NAMES, 'files')).toBeNull();
  expect(refusalBeforeStep(away, '128.0.0', NAMES, 'files')?.refused).toBe('upgrade-under-way');
  const oneAhead = away.nodes.map((one, at) => (at === 0 ? { ...one, version: '129.0.0' } : one));
  expect(refusalBeforeStep({ ...away, nodes: oneAhead }, '128.0.1', NAMES, 'files')?.refused).toBe('upgrade-under-way');
});

it('stops before the next action after an upgrade began, or a node or the bootstrap registry failed', () => {
  const { kube } = facts();
  expect(refusalBeforeStep(kube, '128.0.1', NAMES)).toBeNull();
  expect(refusalBeforeStep({ ...kube, clusterVersion: '129.0.0' }, '128.0.1', NAMES)?.refused).toBe(
    'upgrade-under-way',
  );
  expect(
    refusalBeforeStep(
      { ...kube, nodes: nodes.map((one) => ({ ...one, ready: one.name !== 'node-1' })) },
      '128.0.1',
      NAMES,
    )?.refused,
  ).toBe('node-not-ready');
  expect(
    refusalBeforeStep({ ...kube, endpoints: { ready: ['10.200.3.13'], notReady: [] } }, '128.0.1', NAMES)?.refused,
  ).toBe('bootstrap-registry-not-ready');
});
