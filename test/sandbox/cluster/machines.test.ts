import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeOf, type Started, started } from './started.ts';

const WITH_NODE_2 = `cluster: { name: sandbox, version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/metalk8s-128.0.1.iso }
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap, master, etcd, infra], ssh: { annotations: false } }
  - { name: node-2, ip: 13, roles: [master, etcd, node], ssh: { user: centos, sudo: nopasswd } }
  - { name: node-3, ip: 14, roles: [node] }
registries: [{ node: node-2 }]
`;
const LIMIT_MS = 120_000;
const PAUSE = 'metalk8s-128.0.1/pause:3.9';

const endpoints = (lab: Started, name: string): readonly string[] => nodeOf(lab.cluster, name).engine.endpoints;
const url = (lab: Started, name: string): string => `http://${nodeOf(lab.cluster, name).ip}:8080`;

describe('node', { timeout: LIMIT_MS }, () => {
  it('delete: the node is gone everywhere but in the engines, which keep its address and fall back', async () => {
    await using lab = await started(WITH_NODE_2);
    const { cluster } = lab;
    const dead = url(lab, 'node-2');
    await cluster.operate('node', ['delete', 'node-2']);
    expect([...cluster.world.nodes.keys()]).toEqual(['bootstrap', 'node-3']);
    expect(Object.keys(await cluster.report())).toEqual(['bootstrap', 'node-3']);
    expect(endpoints(lab, 'node-3')).toContain(dead);
    await cluster.operate('engine', ['pull', 'node-3', PAUSE, 'from', 'bootstrap']);
    await expect(cluster.operate('node', ['delete', 'node-2'])).rejects.toThrow('There is no node node-2.');
    await expect(cluster.operate('node', ['delete', 'bootstrap'])).rejects.toThrow('the worker runs there');
    await expect(cluster.fault('ssh-refused', ['node-2'])).rejects.toThrow('there is no node node-2');
  });

  it('replace: another machine of the same name and address, with an empty disk, and only the Ready endpoints', async () => {
    await using lab = await started(WITH_NODE_2);
    const { cluster } = lab;
    const before = nodeOf(cluster, 'node-2');
    await cluster.fault('ssh-refused', ['node-2']);
    await cluster.operate('node', ['replace', 'node-2']);
    const after = nodeOf(cluster, 'node-2');
    expect({ ip: after.ip, ssh: after.ssh }).toEqual({ ip: before.ip, ssh: before.ssh });
    expect(after.machine.id).not.toBe(before.machine.id);
    expect(after.machine.uuid).not.toBe(before.machine.uuid);
    expect((await cluster.report())['node-2']).toMatchObject({ registry: null, mounts: [], files: [] });
    expect(endpoints(lab, 'node-2')).toEqual([url(lab, 'bootstrap')]);
    expect(endpoints(lab, 'node-3')).toContain(url(lab, 'node-2'));
    expect((await lab.run('node-2', 'cat /etc/machine-id')).stdout).toBe(`${after.machine.id}\n`);
    expect(cluster.faults()).toEqual([]);
  });

  it('add: a new name gets an address, the cluster’s version, and every Ready registry', async () => {
    await using lab = await started(WITH_NODE_2);
    await lab.cluster.operate('node', ['add', 'node-9']);
    const node = nodeOf(lab.cluster, 'node-9');
    expect(node).toMatchObject({ version: '128.0.1', ready: true, roles: ['node'] });
    expect([...lab.cluster.world.nodes.values()].filter(({ ip }) => ip === node.ip)).toHaveLength(1);
    expect(endpoints(lab, 'node-9')).toHaveLength(2);
    await lab.cluster.operate('engine', ['pull', 'node-9', PAUSE]);
    expect((await lab.run('node-9', 'cat /etc/machine-id')).code).toBe(0);
    await expect(lab.cluster.operate('node', ['add', 'node-9'])).rejects.toThrow('is there already');
  });
});

describe('reboot', { timeout: LIMIT_MS }, () => {
  it('mounts what /etc/fstab has, and the registry serves again', async () => {
    await using lab = await started(WITH_NODE_2);
    const node = nodeOf(lab.cluster, 'node-2');
    const before = (await lab.cluster.report())['node-2'];
    await lab.cluster.operate('reboot', ['node-2']);
    const after = (await lab.cluster.report())['node-2'];
    expect(after).toMatchObject({ registry: 'ready', served: before?.expected, mounts: before?.mounts });
    expect(nodeOf(lab.cluster, 'node-2')).toBe(node);
    expect((await lab.run('node-2', 'cat /etc/machine-id')).code).toBe(0);
  });

  it('loses a mount that /etc/fstab does not have, and then the registry cannot start', async () => {
    await using lab = await started(WITH_NODE_2);
    await writeFile(join(nodeOf(lab.cluster, 'node-2').root, 'etc/fstab'), '');
    await lab.cluster.operate('reboot', ['node-2']);
    expect((await lab.cluster.report())['node-2']).toMatchObject({ registry: 'notReady', mounts: [] });
    await lab.cluster.operate('engine', ['pull', 'node-3', PAUSE, 'from', 'bootstrap']);
  });
});

describe('engine pull', { timeout: LIMIT_MS }, () => {
  it('names the registry that had the image, and fails as containerd does', async () => {
    await using lab = await started(WITH_NODE_2);
    const { cluster } = lab;
    const [first] = endpoints(lab, 'node-3');
    const [from, other] = first === url(lab, 'node-2') ? ['node-2', 'bootstrap'] : ['bootstrap', 'node-2'];
    await cluster.operate('engine', ['pull', 'node-3', PAUSE, 'from', from ?? '']);
    await expect(cluster.operate('engine', ['pull', 'node-3', PAUSE, 'from', other ?? ''])).rejects.toThrow(
      `node-3 pulled ${PAUSE} from ${from}.`,
    );
    await expect(cluster.operate('engine', ['pull', 'node-3', 'metalk8s-1.2.3/pause:3.9'])).rejects.toThrow(
      'failed to resolve reference',
    );
  });
});
