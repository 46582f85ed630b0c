import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { nodeOf, started } from './started.ts';

const OTHER = `
cluster: { version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 127.0.6, path: /root/old.iso, listed: false, mounted: false }
  - { kind: metalk8s, version: 128.0.1, path: /root/new, directory: true, images: ["nginx:1.27.0-alpine", "pause:3.9"] }
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap], ssh: { annotations: false, port: 2222 } }
  - { name: node-1, ip: 12, roles: [node], version: 127.0.6, ready: false, freeBytes: 5, containerRuntime: "containerd://2.1.4", ssh: { user: ops, sudo: password } }
bootstrapFile: { apiVersion: metalk8s.scality.com/v1alpha2, archivesAsText: true }
solutionsFile: { present: true, apiVersion: metalk8s.scality.com/v1alpha1, archivesNull: true }
registries: [{ node: node-1 }]
customResourceKinds: [Registry]
`;

describe('a simulated cluster', () => {
  it('starts with a complete registry on the bootstrap and nothing on the other nodes', async () => {
    await using cluster = await started();
    const report = await cluster.cluster.report();
    expect(report.bootstrap).toMatchObject({ registry: 'ready', served: 13, expected: 13, missing: [] });
    expect(report.bootstrap?.files.map((one) => one.path)).toEqual([
      '/srv/scality/releases/example-solution-0.1.0.iso',
      '/srv/scality/releases/metalk8s-127.0.6.iso',
      '/srv/scality/releases/metalk8s-128.0.1.iso',
    ]);
    for (const name of ['node-1', 'node-2', 'node-3']) {
      expect(report[name]).toMatchObject({
        registry: null,
        served: 0,
        expected: 13,
        mounts: [],
        files: [],
        commands: [],
      });
      expect(report[name]?.engineEndpoints).toEqual([`http://${nodeOf(cluster.cluster, 'bootstrap').ip}:8080`]);
    }
  });

  it('shows in annotations how to reach each node', async () => {
    await using cluster = await started();
    const annotation = (node: string, name: string) =>
      nodeOf(cluster.cluster, node).annotations[`metalk8s.scality.com/${name}`];
    expect(annotation('node-2', 'ssh-host')).toBe(nodeOf(cluster.cluster, 'node-2').ip);
    expect([
      annotation('node-2', 'ssh-user'),
      annotation('node-2', 'ssh-port'),
      annotation('node-2', 'ssh-sudo'),
    ]).toEqual(['centos', '2222', 'true']);
    expect(annotation('node-3', 'ssh-sudo')).toBe('false');
    expect(annotation('bootstrap', 'ssh-host')).toBeUndefined();
    expect(Number(annotation('node-1', 'ssh-port') ?? '22')).toBe(nodeOf(cluster.cluster, 'node-1').ssh.port);
  });

  it('runs beside another without conflict', async () => {
    await using first = await started();
    await using second = await started();
    const ips = [first, second].flatMap(({ cluster }) => [...cluster.world.nodes.values()].map((one) => one.ip));
    expect(new Set(ips).size).toBe(8);
    await first.run('node-1', 'dd of=/root/mine status=none', Buffer.from('x'));
    expect(await second.run('node-1', 'test -e /root/mine')).toMatchObject({ code: 1 });
    expect((await second.cluster.report()).bootstrap?.served).toBe(13);
  });

  it('changes the labels of half the nodes with upgrade-started, and restores them', async () => {
    await using cluster = await started();
    const versions = () => [...cluster.cluster.world.nodes.values()].map((one) => one.version);
    await cluster.cluster.fault('upgrade-started', []);
    expect(versions()).toEqual(['128.0.1', '128.0.1', '127.0.6', '127.0.6']);
    expect(nodeOf(cluster.cluster, 'node-3').labels['metalk8s.scality.com/version']).toBe('127.0.6');
    await cluster.cluster.clearFault('upgrade-started');
    expect(new Set(versions())).toEqual(new Set(['128.0.1']));
  });

  it('leaves no listening socket behind', async () => {
    const cluster = await started();
    const { ip, ssh } = nodeOf(cluster.cluster, 'bootstrap');
    await cluster.cluster.fault('port-taken', ['node-1']);
    const taken = nodeOf(cluster.cluster, 'node-1').ip;
    await cluster[Symbol.asyncDispose]();
    expect(await Promise.all([answers(ip, ssh.port), answers(ip, 8080), answers(taken, 8080)])).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('a cluster with another description', () => {
  it('has directory archives, old files, another user and existing registries', async () => {
    await using cluster = await started(OTHER);
    const { bootstrapRoot, world } = cluster.cluster;
    expect(load(await readFile(join(bootstrapRoot, 'etc/metalk8s/bootstrap.yaml'), 'utf8'))).toMatchObject({
      apiVersion: 'metalk8s.scality.com/v1alpha2',
      archives: '/root/new',
      networks: { controlPlane: `${world.bootstrap.ip.replace(/\d+$/, '0')}/24` },
    });
    expect(load(await readFile(join(bootstrapRoot, 'etc/metalk8s/solutions.yaml'), 'utf8'))).toMatchObject({
      apiVersion: 'metalk8s.scality.com/v1alpha1',
      archives: null,
    });
    const report = await cluster.cluster.report();
    expect(report.bootstrap).toMatchObject({ registry: 'ready', served: 2, expected: 2, mounts: [] });
    expect(report['node-1']).toMatchObject({ registry: 'ready', served: 2, expected: 2 });
    expect(nodeOf(cluster.cluster, 'node-1')).toMatchObject({ version: '127.0.6', ready: false });
    expect(world.customResourceKinds).toEqual(['Registry']);
    expect((await cluster.run('node-1', 'sudo -n true')).stderr).toBe('sudo: a password is required\n');
  });

  it('has no solutions.yaml without solutions', async () => {
    await using cluster = await started(OTHER.replace(/solutionsFile.*\n/, ''));
    await expect(readFile(join(cluster.cluster.bootstrapRoot, 'etc/metalk8s/solutions.yaml'))).rejects.toThrow(
      'ENOENT',
    );
  });
});

function answers(ip: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, ip);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
