import { describe, expect, it } from 'vitest';
import type { NodeReport } from '../../../sandbox/cluster/report.ts';
import type { Untouched } from '../stage/untouched.ts';
import { judgeLeftovers } from './leftovers.ts';

const report: NodeReport = {
  registry: null,
  served: 0,
  expected: 13,
  missing: [],
  engineEndpoints: ['http://127.1.2.11:8080'],
  mounts: [],
  files: [],
  commands: [],
};
const FILES = { '/etc/fstab': 'aa', '/srv/other': 'bb' };
const KEPT = { '/etc/kubernetes/repositories.yaml.undone-lab-1': 'cc' };

const cluster = (files: Readonly<Record<string, string>>, more: Partial<NodeReport> = {}): Untouched => ({
  nodes: { 'node-1': report, 'node-2': { ...report, ...more } },
  files: new Map([
    ['node-1', new Map(Object.entries(FILES))],
    ['node-2', new Map(Object.entries(files))],
  ]),
});
const judged = (is: Untouched) => judgeLeftovers(is, cluster(FILES), 'node-2', 'lab-1');

describe('the undo judge', () => {
  it('accepts an undo that leaves only what its plan lists', () => {
    expect(judged(cluster({ ...FILES, ...KEPT, '/etc/salt/minion.d/99-metalk8s-local.conf': 'dd' }))).toEqual([]);
  });

  it('reports a leftover mount, endpoint, registry or file', () => {
    const all = { ...FILES, ...KEPT };
    const left: readonly Untouched[] = [
      cluster(all, { mounts: ['/srv/scality/metalk8s-128.0.1'] }),
      cluster(all, { engineEndpoints: [...report.engineEndpoints, 'http://127.1.2.13:8080'] }),
      cluster(all, { registry: 'ready' }),
      cluster({ ...all, '/var/lib/metalk8s/repositories/conf.d/default.conf': 'ee' }),
    ];
    for (const one of left) expect(judged(one)).toHaveLength(1);
  });

  it('reports a foreign file that was removed or changed, on any node', () => {
    const { '/srv/other': _, ...fewer } = FILES;
    expect(judged(cluster({ ...fewer, ...KEPT }))).toEqual(['node-2: /srv/other is gone']);
    expect(judged(cluster({ ...FILES, ...KEPT, '/etc/fstab': 'ff' }))).toEqual(['node-2: /etc/fstab has changed']);
    const elsewhere = judgeLeftovers(
      cluster({ ...FILES, ...KEPT }),
      withNode1({ ...FILES, '/x': 'gg' }),
      'node-2',
      'lab-1',
    );
    expect(elsewhere).toEqual(['node-1: /x is gone']);
  });

  it('reports a manifest that was deleted instead of kept', () => {
    expect(judged(cluster(FILES))).toEqual([expect.stringContaining('was not kept')]);
  });
});

function withNode1(files: Readonly<Record<string, string>>): Untouched {
  const was = cluster(FILES);
  return { ...was, files: new Map([...was.files, ['node-1', new Map(Object.entries(files))]]) };
}
