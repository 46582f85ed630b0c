import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endpointsOf } from '../../../../sandbox/cluster/kube/objects/endpoints.ts';
import { runSaltCall } from '../../../../sandbox/cluster/salt/cli/salt-call.ts';
import { crictlInfo as crictlInfoText } from '../../../../sandbox/cluster/salt/minion/crictl.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { copyIsos, type StandIn, standIn } from '../acts-stand-in.ts';
import { documents, record, runMaster } from './run.ts';

let cluster: StandIn;
beforeEach(async () => {
  cluster = await standIn();
  endpointsOf(cluster.world);
});
afterEach(() => cluster.close());

const ENV = 'saltenv=metalk8s-128.0.1';
const url = (name: string) => `http://${cluster.node(name).ip}:${cluster.world.registryPort}`;

async function engines(node: string): Promise<{ readonly exitCode: number; readonly failed: readonly unknown[] }> {
  const argv = ['salt', '-L', node, 'state.sls', 'metalk8s.container-engine', ENV, '--out=json', '--out-indent=-1'];
  const { stdout, exitCode } = await runMaster(cluster, argv);
  const states = Object.values(record(record(documents(stdout)[0])[node])).map(record);
  return { exitCode, failed: states.filter(({ result }) => result === false).map(({ comment }) => comment) };
}

async function crictlInfo(node: string): Promise<unknown> {
  const { stdout } = await runMaster(cluster, [
    'salt',
    '-L',
    node,
    'cmd.run',
    'crictl info',
    'python_shell=False',
    '--out=json',
    '--out-indent=-1',
  ]);
  const text = record(documents(stdout)[0])[node];
  return typeof text === 'string' ? JSON.parse(text) : text;
}

const mirrors = (endpoints: readonly string[]) => ({
  config: { registry: { mirrors: { 'metalk8s-registry-from-config.invalid': { endpoint: endpoints } } } },
});

async function secondRegistry(): Promise<void> {
  await copyIsos(cluster, 'node-2');
  for (const sls of ['metalk8s.archives.mounted', 'metalk8s.solutions.available', 'metalk8s.repo.installed']) {
    expect(await runMaster(cluster, ['salt', 'node-2', 'state.sls', sls, ENV, '--out=json'])).toMatchObject({
      exitCode: 0,
    });
  }
}

test('configures engines with exactly the registries that are ready at that moment', async () => {
  cluster.world.faults.set('endpoints-late', ['1000000']);
  await secondRegistry();
  expect(await engines('node-1')).toEqual({ exitCode: 0, failed: [] });
  expect(await crictlInfo('node-1')).toMatchObject(mirrors([url('bootstrap')]));
  cluster.world.faults.clear('endpoints-late');
  await expect.poll(() => endpointsOf(cluster.world).read().ready.length).toBe(2);
  expect(await engines('node-1')).toEqual({ exitCode: 0, failed: [] });
  expect(await crictlInfo('node-1')).toMatchObject(mirrors([url('bootstrap'), url('node-2')]));
  expect(await cluster.read('node-1', '/etc/containerd/config.toml')).toContain(
    `endpoint = ["${url('bootstrap')}","${url('node-2')}"]`,
  );
});

test('restarts nothing in a second run with the same registries', async () => {
  await engines('node-1');
  const { restartedAt } = cluster.node('node-1').engine;
  await engines('node-1');
  expect(cluster.node('node-1').engine.restartedAt).toBe(restartedAt);
});

test('writes an empty list to every engine if no registry is ready', async () => {
  cluster.world.faults.set('bootstrap-registry-not-ready', []);
  await engines('node-1');
  expect(await cluster.read('node-1', '/etc/containerd/config.toml')).toContain('endpoint = []');
  expect(await crictlInfo('node-1')).toMatchObject(mirrors([]));
});

test('fails the check for a ready registry without packages, but writes the file and never loads it', async () => {
  await secondRegistry();
  await expect.poll(() => endpointsOf(cluster.world).read().ready.length).toBe(2);
  await removeFolder(join(cluster.node('node-2').root, '/srv/scality/metalk8s-128.0.1/packages'));
  const first = await engines('node-1');
  expect(first.exitCode).toBe(1);
  expect(first.failed[0]).toMatch(/^Check availability of package container-selinux failed: .*HTTP Error 404/);
  expect(await cluster.read('node-1', '/etc/containerd/config.toml')).toContain(url('node-2'));
  expect(await crictlInfo('node-1')).toMatchObject(mirrors([url('bootstrap')]));
  expect(await engines('node-1')).toEqual({ exitCode: 0, failed: [] });
  expect(await crictlInfo('node-1')).toMatchObject(mirrors([url('bootstrap')]));
});

test('keeps the old file of a failed engine, so a run after the repair works', async () => {
  cluster.world.faults.set('engine-fails', ['node-1']);
  expect(await engines('node-1')).toMatchObject({ exitCode: 1 });
  cluster.world.faults.clear('engine-fails');
  expect(await engines('node-1')).toEqual({ exitCode: 0, failed: [] });
});

test('uses containerd 2’s file layout, and loads mirrors without a restart or a cut', async () => {
  const node = { ...cluster.node('node-1'), containerRuntime: 'containerd://2.0.5' };
  const nodes = new Map([...cluster.world.nodes, ['node-1', node]]);
  const world = { ...cluster.world, nodes };
  const argv = ['--out=json', 'state.sls', 'metalk8s.container-engine', ENV];
  await runSaltCall(world, cluster.acts, node, argv);
  const { restartedAt } = node.engine;
  await cluster.write('node-1', '/etc/containerd/certs.d/metalk8s-registry-from-config.invalid/hosts.toml', '');
  await runSaltCall(world, cluster.acts, node, argv);
  expect(node.engine.restartedAt).toBe(restartedAt);
  const hosts = await cluster.read(
    'node-1',
    '/etc/containerd/certs.d/metalk8s-registry-from-config.invalid/hosts.toml',
  );
  expect(hosts).toContain(`[host."${url('bootstrap')}"]`);
  expect(JSON.parse(crictlInfoText(node))).toMatchObject({
    config: { registry: { configPath: '/etc/containerd/certs.d' } },
  });
});

test('fails a pull that no mirror serves, with the text that does not name the mirrors', async () => {
  const image = 'metalk8s-registry-from-config.invalid/metalk8s-128.0.1/pause:3.9';
  const { stdout, exitCode } = await runMaster(cluster, [
    'salt',
    'node-1',
    'cmd.run',
    `crictl pull ${image}`,
    '--out=json',
    '--out-indent=-1',
  ]);
  expect({ exitCode, text: stdout }).toEqual({
    exitCode: 1,
    text: expect.stringContaining('lookup metalk8s-registry-from-config.invalid: no such host'),
  });
  expect(cluster.node('node-1').commandLog.at(-1)).toMatchObject({
    via: 'salt',
    line: `crictl pull ${image}`,
    exitCode: 1,
  });
});
