import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedCluster, startSimulatedCluster } from '../../../../sandbox/cluster/simulated-cluster.ts';
import type { SimNode } from '../../../../sandbox/cluster/world.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { exec, exitCodeOf } from '../kube/exec-client.ts';
import { record } from './run.ts';

let folder: string;
let cluster: SimulatedCluster;
let target: SimNode;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'procedure-'));
  cluster = await startSimulatedCluster({ folder, pace: 0.01 });
  const node = cluster.world.nodes.get('node-2');
  if (node === undefined) throw new Error('no node-2');
  target = node;
});
afterEach(async () => {
  await cluster.close();
  await removeFolder(folder);
});

async function copyIsos(): Promise<void> {
  for (const name of ['metalk8s-127.0.6', 'metalk8s-128.0.1', 'example-solution-0.1.0']) {
    const path = `/srv/scality/releases/${name}.iso`;
    await mkdir(dirname(join(target.root, path)), { recursive: true });
    await cp(join(cluster.bootstrapRoot, path), join(target.root, path));
  }
}

async function state(sls: string, version = '128.0.1'): Promise<string | undefined> {
  const { status } = await exec(cluster.kubeconfigPath, [
    'salt',
    '-L',
    'node-2',
    'state.sls',
    sls,
    `saltenv=metalk8s-${version}`,
    '--out=json',
  ]);
  return status?.status === 'Success' ? '0' : exitCodeOf(status);
}

async function readyAddresses(): Promise<readonly (string | undefined)[]> {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfigPath);
  const endpoints = await config
    .makeApiClient(CoreV1Api)
    .readNamespacedEndpoints({ namespace: 'kube-system', name: 'repositories' });
  return (endpoints.subsets?.[0]?.addresses ?? []).map(({ nodeName }) => nodeName);
}

test('carries out the whole procedure, after which every engine pulls from both registries', async () => {
  await copyIsos();
  expect(await state('metalk8s.archives.mounted')).toBe('0');
  expect(await state('metalk8s.solutions.available')).toBe('0');
  expect(await state('metalk8s.repo.configured', '127.0.6')).toBe('0');
  expect(await state('metalk8s.repo.installed')).toBe('0');
  await expect.poll(readyAddresses).toEqual(['bootstrap', 'node-2']);
  const names = [...cluster.world.nodes.keys()];
  const start = [
    'salt',
    '--async',
    '-L',
    names.join(','),
    'state.sls',
    'metalk8s.container-engine',
    'saltenv=metalk8s-128.0.1',
  ];
  const { stdout } = await exec(cluster.kubeconfigPath, start);
  const jid = /job ID: (\d{20})/.exec(stdout)?.[1] ?? '';
  const both = names.map(() =>
    [...cluster.world.nodes.values()].filter((one) => one.registry !== null).map(({ ip }) => `http://${ip}:8080`),
  );
  await expect.poll(() => [...cluster.world.nodes.values()].map(({ engine }) => engine.endpoints)).toEqual(both);
  await expect.poll(() => returned(jid)).toBe(names.length);
  const image = 'metalk8s-registry-from-config.invalid/metalk8s-127.0.6/metalk8s-utils:127.0.6';
  const pull = await exec(cluster.kubeconfigPath, [
    'salt',
    '*',
    'cmd.run',
    `crictl pull ${image}`,
    '--out=json',
    '--out-indent=-1',
  ]);
  expect(pull.stdout.match(/Image is up to date for sha256:/g)).toHaveLength(names.length);
}, 30_000);

/** Polls through the restart of containerd, where an exec may be refused or cut. */
async function returned(jid: string): Promise<number> {
  const { stdout } = await exec(cluster.kubeconfigPath, ['salt-run', 'jobs.list_job', jid, '--out=json']).catch(() => ({
    stdout: '',
  }));
  return stdout === '' ? -1 : Object.keys(record(record(JSON.parse(stdout))['Result'])).length;
}

test('fails a pull of a layer with different bytes, and names the layer', async () => {
  await cluster.fault('bad-layer', ['bootstrap']);
  const image = 'metalk8s-registry-from-config.invalid/metalk8s-128.0.1/salt-master:3002.9-1';
  const { stdout, status } = await exec(cluster.kubeconfigPath, [
    'salt',
    'node-1',
    'cmd.run',
    `crictl pull ${image}`,
    '--out=json',
  ]);
  expect(stdout).toMatch(/failed commit on ref .*layer-sha256:[0-9a-f]{64}.*failed precondition/);
  expect(exitCodeOf(status)).toBe('1');
}, 30_000);
