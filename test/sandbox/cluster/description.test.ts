import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DescriptionWrong, parseDescription, readDescription } from '../../../sandbox/cluster/build/description.ts';

const DEFAULT = join(import.meta.dirname, '../../../sandbox/cluster/build/default.yaml');
const SMALL = (more = '', node = '') => `
cluster: { version: 128.0.1 }
archives: [{ kind: metalk8s, version: 128.0.1, path: /srv/a.iso }]
nodes: [{ name: bootstrap, ip: 11, roles: [bootstrap] }${node}]
${more}`;

describe('description of a cluster', () => {
  it('has the documented cluster as default', async () => {
    const { nodes, archives, cluster } = await readDescription(DEFAULT);
    expect(nodes.map(({ name, ssh }) => `${name} ${ssh.user}:${ssh.port}`)).toEqual([
      'bootstrap root:22',
      'node-1 root:22',
      'node-2 centos:2222',
      'node-3 root:22',
    ]);
    expect(archives.map((one) => `${one.kind} ${one.version}`)).toEqual([
      'metalk8s 127.0.6',
      'metalk8s 128.0.1',
      'solution 0.1.0',
    ]);
    expect(cluster.version).toBe('128.0.1');
  });

  it('fills in the defaults of a short description', () => {
    const { nodes, solutionsFile } = parseDescription(SMALL(), 'x.yaml');
    expect(nodes[0]).toMatchObject({
      ready: true,
      openssl: true,
      links: {},
      containerRuntime: 'containerd://1.6.35',
      ssh: { port: 22 },
    });
    expect(solutionsFile.apiVersion).toBe('solutions.metalk8s.scality.com/v1alpha1');
  });

  it.each([
    [
      'two bootstraps',
      SMALL('', ', { name: b, ip: 12, roles: [bootstrap] }'),
      'exactly one node must have the role bootstrap; 2 have it',
    ],
    ['a name twice', SMALL('', ', { name: bootstrap, ip: 12, roles: [node] }'), 'two nodes are named bootstrap'],
    ['an ip twice', SMALL('', ', { name: b, ip: 11, roles: [node] }'), 'two nodes have the ip 11'],
    [
      'a registry nowhere',
      SMALL('registries: [{ node: node-9 }]'),
      'registries names node-9, which is not a node of this cluster',
    ],
    ['an unknown key', SMALL('nodez: []'), 'Unrecognized key: "nodez"'],
    ['a role', SMALL('', ', { name: b, ip: 12, roles: [worker] }'), 'nodes[1].roles[0]: Invalid option'],
    [
      'a number for a version',
      SMALL('').replace('cluster: { version: 128.0.1 }', 'cluster: { version: 2.11 }'),
      'in quotes',
    ],
    ['a relative path', SMALL('').replace('/srv/a.iso', 'a.iso'), 'archives[0].path: must be an absolute path'],
    ['no YAML', 'nodes: [', 'Invalid YAML'],
  ])('says what is wrong: %s', (_, yaml, says) => {
    expect(() => parseDescription(yaml, 'x.yaml')).toThrow(DescriptionWrong);
    expect(() => parseDescription(yaml, 'x.yaml')).toThrow(says);
  });

  it('reports a solution without a name and a solution that is a directory together', () => {
    const yaml = SMALL().replace(
      'archives: [',
      'archives: [{ kind: solution, version: 0.1.0, path: /srv/s, directory: true }, ',
    );
    expect(() => parseDescription(yaml, 'x.yaml')).toThrow(
      /a solution must have a name[\s\S]*a solution must be an ISO/,
    );
  });
});
