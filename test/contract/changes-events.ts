import type { FailureReport } from '../../src/domain/answers/failure-report.ts';
import type { ChangeEvent, ChangeId, Progress } from '../../src/domain/change/change.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import type { Step, StepKind, StepOf } from '../../src/domain/plan/step.ts';

const at = '2026-03-01T10:00:00.000Z';
const alice = { id: 'U1', name: 'alice' };
const bob = { id: 'U2', name: 'bob' };

export const failure: FailureReport = { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Mend it.' };

const shared = {
  says: 'Something on node-2',
  commands: [{ on: 'node-2', command: { program: 'true', args: ['--'] } }],
};
const archives = [{ id: 'a-1', path: '/srv/a.iso', mountpoint: '/srv/scality/a-1' }];
const addresses = ['10.0.0.1', '10.0.0.2'];

/** One step of each kind; a new kind does not compile without one. */
const samples: { readonly [K in StepKind]: StepOf<K> } = {
  copy: {
    ...shared,
    kind: 'copy',
    id: 'copy:node-2:a-1',
    node: 'node-2',
    archive: { id: 'a-1', path: '/srv/a.iso', size: 5, sha256: 'ab' },
    part: '/srv/a.iso.part-c1-abc234',
  },
  mount: { ...shared, kind: 'mount', id: 'mount:node-2', node: 'node-2', archives },
  solutions: { ...shared, kind: 'solutions', id: 'solutions:node-2', node: 'node-2', archives },
  'other-version': {
    ...shared,
    kind: 'other-version',
    id: 'other:node-2',
    node: 'node-2',
    saltenv: 'metalk8s-127.0.0',
  },
  deploy: { ...shared, kind: 'deploy', id: 'deploy:node-2', node: 'node-2', version: '128.0.1', carries: ['a-1'] },
  ready: { ...shared, kind: 'ready', id: 'ready:node-2', node: 'node-2', addresses },
  engines: { ...shared, kind: 'engines', id: 'engines', nodes: ['node-1', 'node-2'], addresses },
  verify: {
    ...shared,
    kind: 'verify',
    id: 'verify',
    registries: [{ node: 'node-2', address: '10.0.0.2' }],
    bootstrapAddress: '10.0.0.1',
    archives: [{ id: 'a-1', sha256: 'ab', images: 3 }],
    engines: ['node-1'],
    addresses,
  },
  withdraw: {
    ...shared,
    kind: 'withdraw',
    id: 'withdraw:node-2',
    node: 'node-2',
    manifest: '/etc/kubernetes/manifests/repositories.yaml',
    kept: '/etc/kubernetes/repositories.yaml.undone',
  },
  unmount: {
    ...shared,
    kind: 'unmount',
    id: 'unmount:node-2:a-1',
    node: 'node-2',
    archive: { id: 'a-1', path: '/srv/a.iso', mountpoint: '/srv/scality/a-1' },
    takesMount: true,
    takesFstab: false,
  },
  unconfigure: {
    ...shared,
    kind: 'unconfigure',
    id: 'unconfigure:node-2',
    node: 'node-2',
    files: ['default.conf'],
  },
  'remove-copy': {
    ...shared,
    kind: 'remove-copy',
    id: 'remove-copy:node-2:a-1',
    node: 'node-2',
    archive: { id: 'a-1', path: '/srv/a.iso', size: 5, sha256: 'ab' },
    part: '/srv/a.iso.part-c1-abc234',
    takesArchive: true,
  },
  'prove-undone': {
    ...shared,
    kind: 'prove-undone',
    id: 'verify',
    gone: [{ node: 'node-2', address: '10.0.0.2' }],
    bootstrapAddress: '10.0.0.1',
    archives: [{ id: 'a-1', sha256: 'ab', images: 3 }],
    engines: ['node-1'],
  },
  'prove-deleted': {
    ...shared,
    kind: 'prove-deleted',
    id: 'verify',
    copies: [{ node: 'node-2', part: '/srv/a.iso.part-c1-abc234', archive: '/srv/a.iso' }],
  },
  serves: {
    ...shared,
    kind: 'serves',
    id: 'serves:node-2',
    registries: [{ node: 'node-2', address: '10.0.0.2' }],
    archives: [{ id: 'a-1', sha256: 'ab', images: 3 }],
    engines: ['node-1'],
    addresses,
  },
  arm: { ...shared, kind: 'arm', id: 'arm:node-1', node: 'node-1', aside: '/etc/kubernetes/x', leastSeconds: 240 },
  outage: {
    ...shared,
    kind: 'outage',
    id: 'outage:node-2',
    node: 'node-1',
    aside: '/etc/kubernetes/x',
    leastSeconds: 240,
    switchSeconds: 300,
    bootstrapAddress: '10.0.0.1',
    proves: 'node-2',
    registries: [{ node: 'node-2', address: '10.0.0.2' }],
    engine: 'node-2',
    image: 'a/b:1',
    archives: [{ id: 'a-1', sha256: 'ab', images: 3 }],
    engines: ['node-1'],
    addresses,
  },
};
export const steps: readonly Step[] = Object.values(samples);

function planOf(id: ChangeId): Plan {
  return {
    v: 1,
    approved: {
      change: id,
      intent: { verb: 'add', cluster: 'c1', nodes: ['node-2'] },
      version: '128.0.1',
      saltenv: 'metalk8s-128.0.1',
      archives: [{ id: 'a-1', kind: 'metalk8s', version: '1', path: '/srv/a.iso', size: 5, sha256: 'ab', images: 3 }],
      hostKeys: [
        { node: 'node-2', key: { host: '10.0.0.2', port: 22, algorithm: 'ssh-ed25519', key: 'AA', fingerprint: 'S' } },
      ],
      access: [{ node: 'node-2', host: '10.0.0.2', port: 22, user: 'root', keyPath: '/etc/key', sudo: false }],
      steps,
      sideEffects: ['containerd restarts'],
    },
    seen: {
      at,
      findings: ['fine'],
      warnings: [],
      already: [{ node: 'node-2', path: '/srv/a.iso' }],
      space: [{ node: 'node-2', mountpoint: '/', needed: 5, available: 9 }],
      newHostKeys: ['node-2'],
      estimate: { from: 60, to: 120 },
    },
  };
}

export const requested = (id: ChangeId): Extract<ChangeEvent, { readonly type: 'requested' }> => ({
  at,
  type: 'requested',
  id,
  intent: { verb: 'add', cluster: 'c1', nodes: ['node-2'], reason: 'more copies' },
  requester: alice,
  channel: 'C1',
  terms: { approvals: 2, planLivesMs: 60_000 },
});
export const planned = (id: ChangeId): Extract<ChangeEvent, { readonly type: 'planned' }> => ({
  at,
  type: 'planned',
  plan: planOf(id),
  digest: 'd1',
  expires: at,
});
export const approved = (id: ChangeId, nonce = 'n1'): Extract<ChangeEvent, { readonly type: 'approved' }> => ({
  at,
  type: 'approved',
  approver: bob,
  signed: {
    approval: {
      v: 1,
      change: id,
      cluster: 'c1',
      verb: 'add',
      nodes: ['node-2'],
      digest: 'd1',
      requester: alice.id,
      approvers: [bob.id],
      at,
      expires: at,
      nonce,
    },
    key: 'k1',
    signature: 'AAAA',
  },
});
const approvedByTwo = (id: ChangeId): ChangeEvent => {
  const event = approved(id);
  if (event.type !== 'approved') throw new Error('it is no approval');
  const approval = { ...event.signed.approval, approvers: [alice.id, bob.id] };
  return { ...event, signed: { ...event.signed, approval } };
};
export const started: ChangeEvent = { at, type: 'started' };
export const denied: ChangeEvent = { at, type: 'denied', by: bob };
export const failed: ChangeEvent = { at, type: 'failed', failure: { ...failure, detail: 'more' } };
export const stepStarted: ChangeEvent = { at, type: 'step-started', step: 'engines' };
export const done: ChangeEvent = {
  at,
  type: 'done',
  proof: { served: 3, expected: 3, archives: 1, engines: 2, engineTotal: 2, blobs: 9 },
  seconds: 61.5,
};

/** A record with an event of every type. */
export const everyEvent = (id: ChangeId): readonly ChangeEvent[] => [
  requested(id),
  planned(id),
  { at, type: 'voted', by: bob, counts: [bob.id], needed: 2 },
  approved(id),
  approvedByTwo(id),
  started,
  stepStarted,
  { at, type: 'job-started', step: 'engines', jid: '20260301100000000001' },
  {
    at,
    type: 'found',
    before: [{ node: 'node-2', registry: false, mounts: [], fstab: [mount], registryConfig: ['default.conf'] }],
  },
  { at, type: 'undo-asked', by: bob, change: 'c1-undo22' },
  { at, type: 'undone', change: 'c1-undo22' },
  { at, type: 'step-done', step: 'engines', already: false, seconds: 3, note: 'fast' },
  { at, type: 'step-failed', step: 'verify', seconds: 1, failure },
  failed,
  { at, type: 'refused', refusal: { refused: 'plan-stale', says: 'No.', tryNext: 'Ask again.' } },
  denied,
  { at, type: 'expired' },
  done,
];

const mount = { mountpoint: '/srv/scality/a-1', backingFile: '/srv/a.iso' };

export const halfway: Progress = { step: 'engines', at, done: 1, total: 2, unit: 'nodes', rate: 0.5, secondsLeft: 2 };
