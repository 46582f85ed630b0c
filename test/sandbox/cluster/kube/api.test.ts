import { readFile, stat } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { createInterface } from 'node:readline';
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Kubernetes, startKubernetes } from '../../../../sandbox/cluster/kube/kube-api.ts';
import { type StandIn, standIn } from '../acts-stand-in.ts';

let cluster: StandIn;
let kube: Kubernetes;
let config: KubeConfig;
let core: CoreV1Api;
beforeEach(async () => {
  cluster = await standIn();
  kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
  config = new KubeConfig();
  config.loadFromFile(kube.kubeconfigPath);
  core = config.makeApiClient(CoreV1Api);
});
afterEach(async () => {
  await kube.close();
  await cluster.close();
});

/** A plain request that trusts the cluster's CA but has no client certificate. */
async function bare(path: string): Promise<{ readonly code: number | undefined; readonly body: string }> {
  const ca = await readFile(`${cluster.folder}/kube-ca.crt`);
  return await new Promise((resolve, reject) => {
    const call = request(`${kube.url}${path}`, { ca }, (answer) => {
      const parts: Buffer[] = [];
      answer
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => resolve({ code: answer.statusCode, body: Buffer.concat(parts).toString() }));
    });
    call.on('error', reject).end();
  });
}

test('accepts admin.conf, a private file with full verification; answers 401 without a certificate', async () => {
  expect((await stat(kube.kubeconfigPath)).mode & 0o777).toBe(0o600);
  expect(await readFile(kube.kubeconfigPath, 'utf8')).not.toContain('insecure');
  const { items } = await core.listNode();
  expect(items.map((node) => node.metadata?.name)).toEqual(['bootstrap', 'node-1', 'node-2']);
  const refused = await bare('/api/v1/nodes');
  expect({ code: refused.code, body: JSON.parse(refused.body) }).toMatchObject({
    code: 401,
    body: { kind: 'Status', reason: 'Unauthorized' },
  });
});

test('answers 403 to a user outside system:masters', async () => {
  const viewer = new KubeConfig();
  viewer.loadFromFile(`${cluster.folder}/viewer.conf`);
  await expect(viewer.makeApiClient(CoreV1Api).listNode()).rejects.toMatchObject({ code: 403 });
});

test('shows roles, version, address, runtime and readiness of nodes', async () => {
  const bootstrap = await core.readNode({ name: 'bootstrap' });
  expect(bootstrap.metadata?.labels).toMatchObject({
    'node-role.kubernetes.io/bootstrap': '',
    'metalk8s.scality.com/version': '128.0.1',
  });
  expect(bootstrap.status?.addresses).toContainEqual({ type: 'InternalIP', address: cluster.node('bootstrap').ip });
  expect(bootstrap.status?.nodeInfo?.containerRuntimeVersion).toBe('containerd://1.6.35');
  cluster.world.faults.set('node-not-ready', ['node-1']);
  const sick = await core.readNode({ name: 'node-1' });
  expect(sick.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('Unknown');
  const system = await core.readNamespace({ name: 'kube-system' });
  expect(system.metadata?.annotations).toEqual({ 'metalk8s.scality.com/cluster-version': '128.0.1' });
});

test('shows an upgrade in progress as nodes of two versions', async () => {
  cluster.world.faults.set('upgrade-started', []);
  const { items } = await core.listNode();
  const versions = items.map((node) => node.metadata?.labels?.['metalk8s.scality.com/version']);
  expect(versions).toEqual(['128.0.1', '128.0.1', '127.0.6']);
});

test('answers a 404 Status with the name of a missing object', async () => {
  const error = await core.readNode({ name: 'node-9' }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ApiException);
  expect(error).toMatchObject({
    code: 404,
    body: expect.stringContaining('"reason":"NotFound","details":{"name":"node-9","kind":"nodes"}'),
  });
});

test('lists pods by label, with the volumes of a registry’s archives', async () => {
  const { items } = await core.listNamespacedPod({
    namespace: 'kube-system',
    labelSelector: 'app.kubernetes.io/name=repositories',
  });
  expect(items.map((pod) => pod.metadata?.name)).toEqual(['repositories-bootstrap']);
  expect(items[0]?.spec?.volumes?.map(({ name }) => name)).toEqual([
    'nginx-configuration',
    'repositories-metalk8s-127-0-6',
    'registry-metalk8s-127-0-6',
    'repositories-metalk8s-128-0-1',
    'registry-metalk8s-128-0-1',
    'registry-example-solution-0-1-0',
  ]);
  const master = await core.readNamespacedPod({ namespace: 'kube-system', name: 'salt-master-bootstrap' });
  expect(master.status?.containerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
    ['salt-master', true],
    ['salt-api', true],
  ]);
});

test('lists a new registry as not ready first, then last among the addresses; never with endpoints-never', async () => {
  const endpoints = () => core.readNamespacedEndpoints({ namespace: 'kube-system', name: 'repositories' });
  const late = (seconds: string) => {
    cluster.world.faults.clear('endpoints-late');
    cluster.world.faults.set('endpoints-late', [seconds]);
  };
  late('1000000');
  await cluster.acts.startRegistry(cluster.node('node-2'), { version: '128.0.1', carries: [] });
  await expect
    .poll(async () => (await endpoints()).subsets?.[0]?.notReadyAddresses?.map(({ ip }) => ip))
    .toEqual([cluster.node('node-2').ip]);
  late('0');
  const both = ['bootstrap', 'node-2'];
  await expect
    .poll(async () => (await endpoints()).subsets?.[0]?.addresses?.map(({ nodeName }) => nodeName))
    .toEqual(both);
  cluster.world.faults.set('endpoints-never', ['node-2']);
  expect((await endpoints()).subsets?.[0]?.notReadyAddresses?.map(({ nodeName }) => nodeName)).toEqual(['node-2']);
});

test('drops connections with kube-down, and answers late with kube-slow', async () => {
  cluster.world.faults.set('kube-slow', ['50']);
  const before = Date.now();
  await core.listNode();
  expect(Date.now() - before).toBeGreaterThanOrEqual(95);
  cluster.world.faults.set('kube-down', []);
  await expect(core.listNode()).rejects.toThrow();
});

test('shows native registry replication in discovery only where it exists', async () => {
  expect(await bareAs('/apis/metalk8s.scality.com/v1alpha1')).toMatchObject({ status: 404 });
  cluster.world.faults.set('native-registry', []);
  expect(await bareAs('/apis/metalk8s.scality.com/v1alpha1')).toMatchObject({
    status: 200,
    kinds: ['Registry', 'SolutionArchive'],
  });
});

async function bareAs(path: string): Promise<{ readonly status: number | undefined; readonly kinds: unknown }> {
  const options: Record<string, unknown> = {};
  await config.applyToHTTPSOptions(options);
  return await new Promise((resolve, reject) => {
    const call = request(`${kube.url}${path}`, options, (answer) => {
      const parts: Buffer[] = [];
      answer
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => {
          const text = Buffer.concat(parts).toString();
          const kinds =
            answer.statusCode === 200 ? JSON.parse(text).resources.map((one: { kind: string }) => one.kind) : null;
          resolve({ status: answer.statusCode, kinds });
        });
    });
    call.on('error', reject).end();
  });
}

/** A GET of the administrator, as kubectl sends it; `onLine` hears each line as it comes. */
async function asAdmin(
  path: string,
  accept = TABLE,
  onLine: (line: string) => void = () => undefined,
): Promise<string> {
  const options: RequestOptions = { headers: { accept } };
  await config.applyToHTTPSOptions(options);
  return await new Promise((resolve, reject) => {
    const call = request(`${kube.url}${path}`, options, (answer) => {
      const lines: string[] = [];
      answer.on('error', reject);
      const reader = createInterface({ input: answer }).on('line', (line) => {
        lines.push(line);
        onLine(line);
      });
      // It repeats the errors of its input.
      reader.on('error', reject).on('close', () => resolve(lines.join('\n')));
    });
    call.on('error', reject).end();
  });
}

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

test('answers kubectl get with the columns that an API server prints', async () => {
  const table = JSON.parse(await asAdmin('/api/v1/nodes'));
  expect(table.kind).toBe('Table');
  const titles = table.columnDefinitions.map(({ name }: { readonly name: string }) => name);
  expect(titles.slice(0, 5)).toEqual(['Name', 'Status', 'Roles', 'Age', 'Version']);
  expect(table.rows[0].cells.slice(0, 3)).toEqual(['bootstrap', 'Ready', 'bootstrap,etcd,infra,master']);
  const one = JSON.parse(await asAdmin('/api/v1/namespaces/kube-system/endpoints/repositories'));
  expect(one.rows.map(({ cells }: { readonly cells: readonly string[] }) => cells[0])).toEqual(['repositories']);
  expect(JSON.parse(await asAdmin('/api/v1/nodes/node-9')).reason).toBe('NotFound');
  expect(JSON.parse(await asAdmin('/api/v1/nodes', 'application/json')).kind).toBe('NodeList');
});

test('chooses nodes by name with a field selector, as kubectl wait asks for one', async () => {
  const { items } = await core.listNode({ fieldSelector: 'metadata.name=node-1' });
  expect(items.map(({ metadata }) => metadata?.name)).toEqual(['node-1']);
});

test('streams what is in a list and what changes in it, until the time is over', async () => {
  const types: string[] = [];
  const changed = new Promise<unknown>((resolve) => {
    const onLine = (line: string) => {
      const event = JSON.parse(line);
      types.push(event.type);
      if (types.length === 3) cluster.world.faults.set('node-not-ready', ['node-1']);
      if (types.length > 3) resolve(event);
    };
    // The end of the test cuts it.
    void asAdmin('/api/v1/nodes?watch=true', 'application/json', onLine).catch(() => undefined);
  });
  expect(await changed).toMatchObject({ type: 'MODIFIED', object: { kind: 'Node', metadata: { name: 'node-1' } } });
  expect(types).toEqual(['ADDED', 'ADDED', 'ADDED', 'MODIFIED']);
  expect(await asAdmin('/api/v1/namespaces?watch=true&resourceVersion=1&timeoutSeconds=1', 'application/json')).toBe(
    '',
  );
});
