import { describe, expect, it } from 'vitest';
import { nodeOf, type Started, started } from './started.ts';

const WITH_NODE_2 = `cluster: { name: sandbox, version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 127.0.6, path: /srv/scality/releases/metalk8s-127.0.6.iso }
  - { kind: metalk8s, version: 128.0.1, path: /srv/scality/releases/metalk8s-128.0.1.iso }
  - { kind: solution, name: example-solution, version: 0.1.0, path: /srv/scality/releases/example-solution-0.1.0.iso }
nodes:
  - { name: bootstrap, ip: 11, roles: [bootstrap, master, etcd, infra], ssh: { annotations: false } }
  - { name: node-2, ip: 13, roles: [master, etcd, node] }
registries: [{ node: node-2 }]
`;
const LIMIT_MS = 120_000;

const images = (version: string): string => `/v2/metalk8s-${version}/pause/manifests/3.9`;
const statusOf = async ({ http }: Started, node: string, path: string): Promise<number> =>
  (await http(node, path)).status;
const state = (sls: string): string =>
  `salt-call --retcode-passthrough --out=json state.sls ${sls} saltenv=metalk8s-128.0.1`;

describe('iso-manager', { timeout: LIMIT_MS }, () => {
  it('adds an archive to the bootstrap’s registry only; states on a second registry fail until it is copied', async () => {
    await using lab = await started(WITH_NODE_2);
    await lab.cluster.operate('iso-manager', ['add', '129.0.0']);
    expect(await statusOf(lab, 'bootstrap', images('129.0.0'))).toBe(200);
    expect(await statusOf(lab, 'node-2', images('129.0.0'))).toBe(404);
    const { code, stdout } = await lab.run('node-2', state('metalk8s.archives.mounted'));
    expect(code).toBe(1);
    expect(stdout).toContain('Invalid archive path /srv/scality/releases/metalk8s-129.0.0.iso');
    await expect(lab.cluster.operate('iso-manager', ['add', '129.0.0'])).rejects.toThrow('is listed already');
  });

  it('removes an archive from the bootstrap’s registry only; a second registry keeps mount, include and volume', async () => {
    await using lab = await started(WITH_NODE_2);
    await lab.cluster.operate('iso-manager', ['remove', '127.0.6']);
    expect(await statusOf(lab, 'bootstrap', images('127.0.6'))).toBe(404);
    expect(await statusOf(lab, 'bootstrap', images('128.0.1'))).toBe(200);
    expect(await statusOf(lab, 'node-2', images('127.0.6'))).toBe(200);
    const { bootstrap, ['node-2']: second } = await lab.cluster.report();
    expect(bootstrap?.mounts).not.toContain('/srv/scality/metalk8s-127.0.6');
    expect(second?.mounts).toContain('/srv/scality/metalk8s-127.0.6');
    expect(bootstrap).toMatchObject({ registry: 'ready', served: 8, expected: 8 });
    await expect(lab.cluster.operate('iso-manager', ['remove', '128.0.1'])).rejects.toThrow('is in use by a node');
  });
});

describe('upgrade', { timeout: LIMIT_MS }, () => {
  it('fails, as upstream’s issue 3827, while a second registry does not have the new version', async () => {
    await using lab = await started(WITH_NODE_2);
    await expect(lab.cluster.operate('upgrade', ['129.0.0'])).rejects.toThrow('is not mounted on the bootstrap node');
    await lab.cluster.operate('iso-manager', ['add', '129.0.0']);
    await expect(lab.cluster.operate('upgrade', ['129.0.0'])).rejects.toThrow(
      /Check availability of package container-selinux failed: .*metalk8s-129\.0\.0.*HTTP Error 404/,
    );
  });

  it('leaves a second registry at the old version, and the engines with both', async () => {
    await using lab = await started(WITH_NODE_2.replace('version: 128.0.1 }\n', 'version: 127.0.6 }\n'));
    await lab.cluster.operate('upgrade', ['128.0.1']);
    const { world } = lab.cluster;
    expect([world.clusterVersion, ...[...world.nodes.values()].map(({ version }) => version)]).toEqual([
      '128.0.1',
      '128.0.1',
      '128.0.1',
    ]);
    expect(nodeOf(lab.cluster, 'bootstrap').registry?.version).toBe('128.0.1');
    expect(nodeOf(lab.cluster, 'node-2').registry?.version).toBe('127.0.6');
    expect(nodeOf(lab.cluster, 'node-2').engine.endpoints).toHaveLength(2);
  });
});

describe('solution', { timeout: LIMIT_MS }, () => {
  it('imports and unimports on the bootstrap node only, and keeps an active one', async () => {
    await using lab = await started(WITH_NODE_2);
    const path = '/v2/other-1.0.0/base-server/manifests/1.0.0';
    await lab.cluster.operate('solution', ['import', 'other']);
    expect(await statusOf(lab, 'bootstrap', path)).toBe(200);
    expect(await statusOf(lab, 'node-2', path)).toBe(404);
    await lab.cluster.operate('solution', ['unimport', 'other']);
    expect(await statusOf(lab, 'bootstrap', path)).toBe(404);
    expect((await lab.cluster.report())['bootstrap']?.mounts).not.toContain('/srv/scality/other-1.0.0');
    await expect(lab.cluster.operate('solution', ['unimport', 'example-solution'])).rejects.toThrow(
      'Solution example-solution 0.1.0 is still active, cannot remove it',
    );
  });
});
