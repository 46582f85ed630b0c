import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EVERY_ENTRY } from '../../sandbox/seen/every-entry.ts';
import { solutionOf } from '../../src/adapters/bootstrap/archives/product.ts';
import { bootstrapFile, solutionsFile } from '../../src/adapters/bootstrap/node/config-files.ts';
import { parseYaml } from '../../src/adapters/bootstrap/node/yaml-file.ts';
import { lineFrom, NO_LINE } from '../../src/adapters/journal/file/line.ts';
import { endpointsFacts, isStatic, nodeFacts, registryFacts, saltMasterOf } from '../../src/adapters/kube/facts.ts';
import * as kube from '../../src/adapters/kube/schemas.ts';
import { mountsIn } from '../../src/adapters/node/parse.ts';
import { changeJobFrom } from '../../src/adapters/redis/queue/queue-jobs.ts';
import { entryFrom, progressFrom } from '../../src/adapters/redis/record/record-text.ts';
import { classifyCall, classifyMinions } from '../../src/adapters/salt/classify.ts';
import { engineFacts } from '../../src/adapters/salt/engines.ts';
import { jobOf, jobsLike, stateRunsOf } from '../../src/adapters/salt/jobs.ts';
import { minionValues } from '../../src/adapters/salt/parse.ts';
import { botConfig } from '../../src/config/bot-config.ts';
import { readPolicies } from '../../src/config/policy-config.ts';
import { WrongConfig } from '../../src/config/read-config.ts';
import { workerConfig } from '../../src/config/worker-config.ts';
import { PlainFailure } from '../../src/domain/answers/failure.ts';
import { command } from '../../src/domain/node-commands/command.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import { holdSchema } from '../../src/domain/policy/hold.ts';
import { approved, done, everyEvent, halfway } from '../contract/changes-events.ts';
import { PROVEN } from '../contract/proofs.contract.ts';
import { refusalOr } from './arbitraries.ts';
import { spoiltEverywhere } from './ill-behaved.ts';
import { rewritten } from './rewritten.ts';

interface Reader {
  /** Valid values. */
  readonly good: readonly unknown[];
  /** May throw only errors that the reader's callers turn into an explanation. */
  readonly read: (text: string) => unknown;
}

const EXAMPLES = join(import.meta.dirname, '../../examples');
const folder = mkdtempSync(join(tmpdir(), 'registry-ha-ill-behaved-'));
afterAll(() => rmSync(folder, { recursive: true }));

const example = (name: string): unknown => load(readFileSync(join(EXAMPLES, name), 'utf8'));
const written = rewritten(join(folder, 'file.yaml'));
writeFileSync(join(folder, 'policy.yaml'), readFileSync(join(EXAMPLES, 'policy.yaml')));

const ID = 'lab-abc234';
const JID = '20260301100000000001';
const BOOTSTRAP = { kind: 'BootstrapConfiguration', apiVersion: 'metalk8s.scality.com/v1alpha3', archives: ['/srv/a'] };
const SOLUTIONS = {
  kind: 'SolutionsConfiguration',
  apiVersion: 'solutions.metalk8s.scality.com/v1alpha1',
  archives: ['/srv/a'],
};
const MANIFEST = { kind: 'Solution', metadata: { name: 'a' }, spec: { version: '1.2' } };
const TOKENS = { REGISTRY_HA_SLACK_BOT_TOKEN: 'xoxb-1', REGISTRY_HA_SLACK_APP_TOKEN: 'xapp-1' };
const STATES = {
  'file_|-a_|-/srv/a_|-managed': {
    ...{ result: false, comment: 'no', changes: { a: 1 }, name: '/srv/a' },
    ...{ __id__: 'a', __sls__: 'b', __run_num__: 1 },
  },
};
const JOB = { jid: JID, Minions: ['node-2'], Result: { 'node-2': { return: STATES, retcode: 1 } }, Error: 'no' };
const ENGINE = {
  config: {
    registry: { configPath: '', mirrors: { 'metalk8s-registry-from-config.invalid': { endpoint: ['http://a'] } } },
  },
};
const NODES = {
  items: [
    {
      metadata: { name: 'node-2', labels: { a: 'b' }, annotations: { 'metalk8s.scality.com/ssh-port': '22' } },
      status: {
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
        conditions: [{ type: 'Ready', status: 'True' }],
        nodeInfo: { containerRuntimeVersion: 'containerd://1.6.8' },
      },
    },
  ],
};
const PODS = {
  items: [
    {
      metadata: {
        ...{ name: 'repositories-node-2', labels: { a: 'b' }, annotations: { a: 'b' } },
        ownerReferences: [{ kind: 'Node', name: 'node-2' }],
      },
      spec: { nodeName: 'node-2', volumes: [{ name: 'a', hostPath: { path: '/srv' } }] },
      status: { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{ name: 'a', ready: true }] },
    },
  ],
};
const said = (stdout: string) => ({ ended: exit(1), stdout, stderr: '' });
const SIGNED = { event: done, mark: { line: 3, hash: NO_LINE }, key: 'k1', signature: 'AAAA' };
const place = { seq: 1, prev: NO_LINE };

const READERS: Readonly<Record<string, Reader>> = {
  'bootstrap.yaml': { good: [BOOTSTRAP], read: (text) => bootstrapFile(parseYaml(text, 'b.yaml'), 'b.yaml') },
  'solutions.yaml': { good: [SOLUTIONS], read: (text) => solutionsFile(parseYaml(text, 's.yaml'), 's.yaml') },
  'manifest.yaml': { good: [MANIFEST], read: (text) => solutionOf({ bytes: 0, read: async () => text }, '/srv/a') },
  'the bot’s configuration': {
    good: [example('bot.yaml'), { clusters: [{ name: 'lab', channels: ['C0OPS'], workerKeys: ['/a'] }] }],
    read: (text) => refusalOr(() => botConfig(written(text), TOKENS), WrongConfig),
  },
  'the worker’s configuration': {
    good: [example('worker.yaml'), { trustedKeys: ['/a'] }],
    read: (text) => refusalOr(() => workerConfig(written(text), {}), WrongConfig),
  },
  'the policy file': {
    good: [example('policy.yaml')],
    read: (text) => refusalOr(() => readPolicies(written(text)), WrongConfig),
  },
  'salt-call': { good: [{ local: STATES }, { local: ['no'] }], read: (text) => classifyCall(said(text), 'states') },
  'the master’s salt': { good: [{ 'node-2': STATES }], read: (text) => [...classifyMinions(said(text), 'states')] },
  'jobs.list_job': { good: [JOB], read: (text) => jobOf(JID, text) },
  'saltutil.running': {
    good: [{ 'node-2': [{ jid: JID, fun: 'state.sls' }] }],
    read: (text) => stateRunsOf(['node-2'], minionValues(text)),
  },
  'jobs.list_jobs': {
    good: [{ [JID]: { Function: 'state.sls', Arguments: ['a', { b: 'c' }], Target: ['node-2'] } }],
    read: (text) => jobsLike(command('salt', '-L', 'node-2', 'state.sls', 'a', 'b=c'), text),
  },
  crictl: { good: [ENGINE], read: (text) => engineFacts('node-2', text) },
  'findmnt and losetup': {
    good: [
      { filesystems: [{ target: '/srv', source: '/dev/loop0' }] },
      { loopdevices: [{ name: '/dev/loop0', 'back-file': '/srv/a.iso' }] },
    ],
    read: (text) => refusalOr(() => mountsIn(text, text), z.ZodError),
  },
  nodes: {
    good: [NODES],
    read: (text) => kube.nodeListSchema.safeParse(JSON.parse(text)).data?.items.map(nodeFacts),
  },
  pods: {
    good: [PODS],
    read: (text) => {
      const pods = kube.podListSchema.safeParse(JSON.parse(text)).data?.items ?? [];
      const nodes = kube.nodeListSchema.parse(NODES).items.map(nodeFacts);
      return [pods.map((pod) => isStatic('repositories', pod)), pods.map(registryFacts), saltMasterOf(pods, nodes)];
    },
  },
  endpoints: {
    good: [{ subsets: [{ addresses: [{ ip: '10.0.0.1' }], notReadyAddresses: [{ ip: '10.0.0.1' }] }] }],
    read: (text) => endpointsFacts(kube.endpointsSchema.safeParse(JSON.parse(text)).data ?? null),
  },
  'other answers of Kubernetes': {
    good: [
      { metadata: { annotations: { a: 'b' } } },
      { versions: [{ groupVersion: 'apps/v1' }] },
      { resources: [{ kind: 'Pod' }] },
      { status: 'Failure', message: 'no', reason: 'no', details: { causes: [{ reason: 'ExitCode', message: '1' }] } },
    ],
    read: (text) =>
      [kube.namespaceSchema, kube.groupSchema, kube.kindsSchema, kube.statusSchema].map(
        (schema) => schema.safeParse(JSON.parse(text)).success,
      ),
  },
  'an entry of a record': {
    good: [...everyEvent(ID), SIGNED],
    read: (text) => entryFrom(text),
  },
  progress: { good: [{ ...halfway, key: 'k', signature: 's' }], read: (text) => progressFrom(ID, text, EVERY_ENTRY) },
  'a job in the queue': {
    good: [{ kind: 'plan', id: ID }],
    read: (text) => changeJobFrom('lab', `plan-${ID}-1`, JSON.parse(text)),
  },
  'a freeze or lock': {
    good: [{ verb: 'lock', node: 'node-2', by: { id: 'U0BOB', name: 'bob' }, at: halfway.at, reason: 'disk' }],
    read: (text) => holdSchema.safeParse(JSON.parse(text)).success,
  },
  'a line of the journal': {
    good: [
      { ...place, change: ID, event: approved(ID), carried: { line: 1, hash: NO_LINE } },
      { ...place, seal: { key: 'k1', signature: 'AAAA' } },
      { ...place, proof: { ...PROVEN, differences: [{ where: 'node-2', says: 'It differs.' }] } },
      { ...place, opens: { at: halfway.at, after: 'journal.1', nonces: [{ nonce: 'n1', expires: halfway.at }] } },
    ],
    read: lineFrom,
  },
};

describe.each(Object.entries(READERS))('%s with an ill-behaved object', (_name, { good, read }) => {
  it('is rejected or read, wherever the object is', { timeout: 120_000 }, async () => {
    const before = Reflect.ownKeys(Object.prototype).length;
    for (const one of good) {
      for (const text of spoiltEverywhere(one)) {
        const answer = await outcome(() => read(text));
        if (answer instanceof Error && !EXPECTED.some((kind) => answer instanceof kind))
          expect.fail(`${text}\n${answer.stack}`);
        expect(typeof shown(answer), text).toBe('string');
      }
    }
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
  });
});

/** Errors that readers may throw as their answer. */
const EXPECTED = [WrongConfig, PlainFailure, z.ZodError] as const;

async function outcome(act: () => unknown): Promise<unknown> {
  try {
    return await act();
  } catch (error) {
    return error;
  }
}

/** What people see of the answer. */
function shown(answer: unknown): string {
  return answer instanceof Error ? answer.message : `${JSON.stringify(answer)}`;
}
