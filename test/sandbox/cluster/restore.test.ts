import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { nodeOf, type Started, started } from './started.ts';

const nodes = (roles: string) => `
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap, master, etcd, infra], ssh: { annotations: false } }
  - { name: node-1, ip: 12, roles: [${roles}] }
  - { name: node-2, ip: 13, roles: [master, etcd, node] }
`;
const CLUSTER = `cluster: { name: sandbox, version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/metalk8s-128.0.1.iso }
registries: [{ node: node-2 }]
`;
const LIMIT_MS = 120_000;
const WORKERS = 'etc/registry-ha/kubeconfig';
const never = new AbortController().signal;

async function lost(lab: Started): Promise<void> {
  await lab.cluster.operate('power', ['off', 'bootstrap']);
  await lab.cluster.operate('node', ['delete', 'bootstrap']);
}

/** What a user of this kubeconfig on the node sees of the cluster, and whether it may exec into the salt-master of `master`. */
async function seenBy(lab: Started, name: string, config = 'etc/kubernetes/admin.conf', master = name) {
  const kube = kubernetes({ kubeconfigPath: join(nodeOf(lab.cluster, name).root, config) });
  try {
    const exec = { verb: 'create', resource: 'pods/exec', namespace: 'kube-system', name: `salt-master-${master}` };
    return { facts: await kube.look(never), mayExec: (await kube.may(exec, never)).allowed };
  } finally {
    await kube.close();
  }
}

describe('restore', { timeout: LIMIT_MS }, () => {
  it('makes a node with every archive the bootstrap node; the engines list its registry alone', async () => {
    await using lab = await started(CLUSTER + nodes('master, etcd, infra'));
    const { cluster } = lab;
    await expect(cluster.operate('restore', ['node-2'])).rejects.toThrow('bootstrap has the role bootstrap');
    await expect(cluster.operate('node', ['delete', 'bootstrap'])).rejects.toThrow('The bootstrap node is on');
    await lost(lab);
    await expect(cluster.operate('restore', ['node-1'])).rejects.toThrow('Invalid archive path /srv/scality/releases');
    await cluster.operate('restore', ['node-2']);
    const { root, ip, engine } = nodeOf(cluster, 'node-2');
    expect(cluster.world.bootstrap.name).toBe('node-2');
    expect(await readFile(join(root, 'etc/metalk8s/bootstrap.yaml'), 'utf8')).toContain('minion: node-2');
    expect(engine.endpoints).toEqual([`http://${ip}:8080`]);
    expect(nodeOf(cluster, 'node-1').engine.endpoints).toEqual([`http://${ip}:8080`]);
    const { facts } = await seenBy(lab, 'node-2');
    expect(facts.saltMaster).toEqual({ pod: 'salt-master-node-2', node: 'node-2', ready: true });
    expect(facts.nodes.map(({ name, roles }) => [name, roles])).toEqual([
      ['node-1', ['etcd', 'infra', 'master']],
      ['node-2', ['bootstrap', 'etcd', 'infra', 'master', 'node']],
    ]);
    expect(facts.endpoints.ready).toEqual([ip]);
    expect((await lab.run('node-1', 'true')).code).toBe(0);
  });

  it('leaves the worker’s account without the right to the new salt-master, until the manifest is applied for it', async () => {
    await using lab = await started(CLUSTER + nodes('master, etcd, infra'));
    await lost(lab);
    await lab.cluster.operate('restore', ['node-2']);
    await lab.cluster.operate('power', ['on', 'bootstrap']);
    expect((await seenBy(lab, 'bootstrap', WORKERS, 'node-2')).mayExec).toBe(false);
    await lab.cluster.applyRights();
    expect((await seenBy(lab, 'node-2', WORKERS, 'node-2')).mayExec).toBe(true);
    expect((await seenBy(lab, 'node-2', WORKERS, 'bootstrap')).mayExec).toBe(false);
  });

  it('needs three members of etcd, with the lost one', async () => {
    await using lab = await started(CLUSTER + nodes('master, infra'));
    await lost(lab);
    await expect(lab.cluster.operate('restore', ['node-2'])).rejects.toThrow('3 members of etcd');
  });
});

describe('a former bootstrap node that is switched on again', { timeout: LIMIT_MS }, () => {
  it('registers a Node without roles and version, and its pods, which Kubernetes lists; its minion stays away', async () => {
    await using lab = await started(CLUSTER + nodes('master, etcd, infra'));
    await lost(lab);
    await lab.cluster.operate('restore', ['node-2']);
    await lab.cluster.applyRights();
    await lab.cluster.operate('power', ['on', 'bootstrap']);
    const { ip, minion } = nodeOf(lab.cluster, 'bootstrap');
    const { facts } = await seenBy(lab, 'bootstrap');
    expect(facts.nodes.find(({ name }) => name === 'bootstrap')).toMatchObject({
      roles: [],
      version: null,
      ready: true,
    });
    expect(facts.registries.map(({ node }) => node)).toEqual(['bootstrap', 'node-2']);
    expect(facts.endpoints.ready).toContain(ip);
    expect(minion.up).toBe(false);
    await expect(lab.cluster.operate('power', ['on', 'bootstrap'])).rejects.toThrow('No machine bootstrap is off.');
  });
});
