import { describe, expect, it } from 'vitest';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import { endpointUrl } from '../../../src/domain/cluster/registry.ts';
import { type ClusterStatus, clusterStatusSchema } from '../../../src/domain/questions/status/cluster-status.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { status } from '../../../src/domain/questions/status/status.ts';
import type { ClusterView } from '../../../src/domain/questions/status/view.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';
import { current, node, older, solution } from '../../fixtures/facts.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { foundAfterAdd, inspectionOf } from '../../fixtures/inspection.ts';

/** Plain words, with the room of a message in Slack. */
const SLACK = { ...PLAIN, room: MRKDWN.room };

const view = (of: ClusterStatus, changes: Partial<ClusterView> = {}): ClusterView => ({
  cluster: 'lab',
  seen: { is: 'seen', status: of, ageMs: 12_000, answers: 0 },
  worker: { is: 'there' },
  open: [],
  held: { holds: [], freeze: null },
  windows: [],
  fresh: 'asked',
  ...changes,
});
const said = (...clusters: readonly ClusterView[]) => status.answer({ clusters }, SLACK).split('\n');

/** Forty nodes, each with a registry, in which everything is wrong. */
function fortyStale(): ClusterStatus {
  const found = foundAfterAdd();
  const others: readonly NodeFacts[] = Array.from({ length: 39 }, (_, at) =>
    node(`storage-node-${at}.rack-${at % 4}.example.org`, 20 + at, ['node']),
  );
  const nodes = [...found.kube.nodes.slice(0, 1), ...others];
  const archives = [
    older,
    current,
    solution,
    { ...older, id: 'metalk8s-126.0.0' },
    { ...older, id: 'metalk8s-125.0.0' },
  ];
  const registries = nodes.map(({ name }) => ({ node: name, ready: false, version: '127.0.6', carries: [] }));
  return judge(
    inspectionOf({
      kube: { ...found.kube, nodes, registries, endpoints: { ready: [], notReady: [] } },
      bootstrap: { ...found.bootstrap, archives: archives.map((archive) => ({ is: 'sound', archive })) },
      engines: nodes.map(({ name }) => ({ node: name, is: 'known', endpoints: [endpointUrl('10.200.3.11')] })),
      served: nodes.flatMap(({ name }) =>
        archives.map(({ id, images }) => ({
          node: name,
          archive: id,
          missing: { is: 'known', value: images.map(({ name: image }) => image) },
        })),
      ),
      files: { files: archives.map(({ path }) => ({ path, is: 'absent' })), mounts: [], fstab: [], registryConfig: [] },
    }),
  );
}

describe('the answer to status', () => {
  it('says first whether HA holds, and how old that is', () => {
    expectGolden('status/holds', said(view(judge(inspectionOf()))));
  });

  it('names each reason of a stale registry, and the command that completes it', () => {
    const { files } = foundAfterAdd();
    const stale = judge(
      inspectionOf({
        files: { ...files, files: files.files.map((one) => ({ ...one, is: 'absent' })), mounts: [], fstab: [] },
      }),
    );
    expectGolden('status/stale', said(view(stale)));
  });

  it('asks for the sync before upgrade.sh when the missing ISO is newer than the cluster, and only then', () => {
    const { bootstrap, files } = foundAfterAdd();
    const added = { ...current, id: 'metalk8s-129.0.0', version: '129.0.0', path: '/srv/metalk8s-129.0.0.iso' };
    const archives = [...bootstrap.archives, { is: 'sound', archive: added } as const];
    const without = (path: string) =>
      inspectionOf({
        bootstrap: { ...bootstrap, archives },
        files: { ...files, files: [{ path, is: 'absent' }] },
      });
    const before = 'To complete it: /registry-ha sync node-2 (before you run upgrade.sh of metalk8s-129.0.0)';
    expect(said(view(judge(without(added.path)))).join('\n')).toContain(before);
    expect(said(view(judge(without(older.path)))).join('\n')).not.toContain('upgrade.sh');
  });

  it('says what is unknown', () => {
    const parts = { engines: { is: 'unknown', says: 'The Salt master does not answer.' } } as const;
    expectGolden('status/unknown', said(view(judge(inspectionOf({}, parts)))));
  });

  it('shows what was known last when the worker is silent, and what to do if the bootstrap node is lost', () => {
    const worker = { is: 'silent', since: '2026-11-22T09:00:00.000Z' } as const;
    expectGolden('status/worker-silent', said(view(judge(inspectionOf()), { worker, fresh: 'none' })));
  });

  it('does not call what is an hour old, or has no age, a fact of today', () => {
    const of = judge(inspectionOf());
    for (const ageMs of [3_600_001, -1]) {
      const [first] = said(view(of, { seen: { is: 'seen', status: of, ageMs, answers: 0 } }));
      expect(first).toMatch(/^lab: It is unknown whether HA holds now. Known last: HA holds/);
    }
  });

  it.each(['none', 'unverified', 'newer'] as const)('knows nothing from a status that is %s', (is) => {
    const [first] = said(view(judge(inspectionOf()), { seen: { is } }));
    expect(first).toMatch(/^lab: It is unknown whether HA holds: /);
  });

  it('shows freezes, windows and a hindered worker', () => {
    const held = {
      holds: [
        {
          verb: 'freeze',
          node: null,
          by: { id: 'U1', name: 'alice' },
          at: '2026-11-22T08:00:00.000Z',
          reason: 'year end',
        },
      ],
      freeze: null,
    } as const;
    const windows = [{ days: ['mon', 'tue'], from: '22:00', to: '04:00', zone: 'Europe/Paris' }] as const;
    const worker = { is: 'hindered', says: 'The disk is full.' } as const;
    expectGolden('status/held', said(view(judge(inspectionOf()), { held, windows, worker })));
  });

  it('has one line for each cluster when there are several', () => {
    const of = judge(inspectionOf());
    const prod = view(of, { cluster: 'prod', worker: { is: 'silent', since: null } });
    expect(said(view(of), prod)).toEqual([
      'HA holds in 1 of 2 clusters.',
      '• prod: It is unknown whether HA holds now. Known last: HA holds: 2 registries serve all 5 images, all 4 engines list them. Inspected 12 s ago. Its worker is silent.',
      '• lab: HA holds: 2 registries serve all 5 images, all 4 engines list them. Inspected 12 s ago.',
      'Details of one cluster: /registry-ha status --cluster NAME',
    ]);
  });

  it('names first those of a hundred clusters that need somebody; the others share a few lines', () => {
    const of = judge(inspectionOf());
    const each = Array.from({ length: 100 }, (_, at) => view(of, { cluster: `lab-${at}` }));
    const troubled = [
      view(of, { cluster: 'dead', worker: { is: 'silent', since: null } }),
      view(of, { cluster: 'new', seen: { is: 'none' } }),
      view(of, { cluster: 'full', worker: { is: 'hindered', says: 'The disk is full.' } }),
    ];
    const lines = said(...each.slice(0, 50), ...troubled, ...each.slice(50));
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe('HA holds in 100 of 103 clusters.');
    expect(lines.slice(1, 4).map((line) => line.split(':')[0])).toEqual(['• dead', '• new', '• full']);
    expect(lines[4]).toMatch(/^• HA holds in lab-0, .*, lab-39\.$/);
    expect(lines[6]).toMatch(/^• HA holds in lab-80, .*, lab-99\.$/);
    const dead = said(
      ...Array.from({ length: 100 }, (_, at) => view(of, { cluster: `lab-${at}`, seen: { is: 'none' } })),
    );
    expect(dead.join('\n').length).toBeLessThanOrEqual(SLACK.room);
    expect(dead.at(-1)).toMatch(/^… \d+ less important lines left out\.$/);
  });

  it('is about every cluster with --all, also in the channel of one', () => {
    const context = { clusters: ['lab', 'prod'], defaultCluster: 'lab' };
    const parsed = (...typed: readonly string[]) =>
      status.parse(
        typed.map((text) => ({ text, isQuoted: false })),
        context,
      );
    expect(parsed()).toEqual({ cluster: 'lab' });
    expect(parsed('--all')).toEqual({ cluster: null });
    expect(parsed('--all', '--cluster', 'prod')).toMatchObject({ refused: 'bad-command' });
  });

  it('fits a message of Slack for 40 nodes in which everything is wrong, and says how much is left out', () => {
    const all = fortyStale();
    expect(clusterStatusSchema.parse(all)).toEqual(all);
    expect(Buffer.byteLength(JSON.stringify(all))).toBeLessThan(150_000);
    const lines = status.answer({ clusters: [view(all)] }, { ...PLAIN, room: 3_000 }).split('\n');
    expect(lines.join('\n').length).toBeLessThanOrEqual(3_000);
    expect(lines[0]).toMatch(
      /^lab: HA is not complete: the registries of bootstrap, storage-node-0.* more are stale; 0 of 40 engines list every registry\.$/,
    );
    expect(lines.at(-1)).toMatch(/^… \d+ less important lines left out\.$/);
  });

  it('leaves nothing out on a terminal', () => {
    const text = status.answer({ clusters: [view(fortyStale())] }, PLAIN);
    expect(text).not.toContain('left out');
    expect(text.split('\n').filter((line) => line.startsWith('• ')).length).toBeGreaterThanOrEqual(40);
  });
});
