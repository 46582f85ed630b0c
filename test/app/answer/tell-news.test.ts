import { describe, expect, it } from 'vitest';
import { newsTeller, tellNews } from '../../../src/app/answer/tell-news.ts';
import type { Intent } from '../../../src/domain/plan/intent.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { withSince } from '../../../src/domain/questions/status/troubles.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { FakeTold } from '../../fakes/fake-told.ts';
import { foundAfterAdd, inspectionOf } from '../../fixtures/inspection.ts';
import { applyAgain, bench, underWay } from '../bench.ts';

const { files } = foundAfterAdd();
const well = judge(inspectionOf());
const first = withSince(judge(inspectionOf({ files: { ...files, mounts: [] } })), well);
const stale = withSince({ ...first, at: '2026-11-22T10:15:00.000Z' }, first);

/** Two replicas of the bot that share Redis. */
function replicas() {
  const on = bench();
  const met = new Set<string>();
  const posted: string[] = [];
  const fixes: Intent[] = [];
  const ports = {
    cluster: 'lab',
    board: on.board,
    told: new FakeTold(),
    changes: on.changes,
    once: { isFirst: async (name: string) => !met.has(name) && met.add(name).has(name) },
    async post(says: (markup: typeof PLAIN) => string, changes: readonly Intent[]) {
      posted.push(says(PLAIN).split('\n')[0] ?? '');
      fixes.push(...changes);
    },
  };
  return { on, ports, posted, fixes };
}

describe('the bots tell the people of a cluster', () => {
  it('once that it became worse, and once that it is well again', async () => {
    const { on, ports, posted, fixes } = replicas();
    await on.board.put(well, 0);
    await tellNews(ports);
    await on.board.put(stale, 0);
    await Promise.all([tellNews(ports), tellNews(ports)]);
    await tellNews(ports);
    expect(posted).toEqual(['lab: HA is not complete: the registry of node-2 is stale.']);
    expect(fixes).toEqual([{ verb: 'sync', cluster: 'lab', nodes: ['node-2'] }]);
    await on.board.put(well, 0);
    await Promise.all([tellNews(ports), tellNews(ports)]);
    await tellNews(ports);
    expect(posted.slice(1)).toEqual([expect.stringMatching(/^lab: HA holds: .* It is well again\.$/)]);
  });

  it('nothing that an inspection found before a change had ended, and the rest afterwards', async () => {
    const { on, ports, posted } = replicas();
    const id = await underWay(on);
    await on.board.put(stale, 0);
    await tellNews(ports);
    expect(posted).toEqual([]);
    on.clock.at = Date.parse('2026-11-22T10:20:00.000Z');
    await applyAgain(on, id);
    const change = (await on.changes.get(id))?.change;
    expect(change?.state).toBe('done');
    await tellNews(ports);
    expect(posted).toEqual([]);
    const later = new Date(Date.parse(change?.endedAt ?? '') + 1_000).toISOString();
    await on.board.put(withSince({ ...stale, at: later }, stale), 0);
    await tellNews(ports);
    expect(posted).toHaveLength(1);
  });

  it('again if Slack did not take the message', async () => {
    const { on, ports, posted } = replicas();
    await on.board.put(stale, 0);
    await expect(tellNews({ ...ports, post: () => Promise.reject(new Error('Slack is away')) })).rejects.toThrow();
    await tellNews({ ...ports, once: { isFirst: async () => true } });
    expect(posted).toHaveLength(1);
  });

  it('nothing from a status that is missing, unverified or newer', async () => {
    const { on, ports, posted } = replicas();
    for (const is of ['none', 'unverified', 'newer'] as const) {
      on.board.show({ is });
      await tellNews(ports);
    }
    expect(posted).toEqual([]);
  });
});

it('of many clusters, only those are read whose status is new or not yet told', async () => {
  const { on, ports, posted } = replicas();
  let reads = 0;
  const board = {
    seen: async () => {
      reads += 1;
      return await on.board.seen();
    },
  };
  let digest = 'well';
  let isAway = false;
  const failed: string[] = [];
  const post: typeof ports.post = async (says, fixes) => {
    if (isAway) throw new Error('Slack is away');
    await ports.post(says, fixes);
  };
  const others = Array.from({ length: 20 }, (_, at) => ({
    ...ports,
    cluster: `c${at}`,
    board: { seen: async () => ({ is: 'none' as const }) },
  }));
  const tell = newsTeller({ statuses: async (names) => new Map(names.map((name) => [name, digest])) }, (_, cluster) =>
    failed.push(cluster),
  );
  const all = [...others, { ...ports, board, post }];
  await on.board.put(well, 0);
  await tell(all);
  await tell(all);
  expect(reads).toBe(1);
  [digest, isAway] = ['stale', true];
  await on.board.put(stale, 0);
  await tell(all);
  expect([reads, failed, posted]).toEqual([2, ['lab'], []]);
  isAway = false;
  await tell(all);
  expect(reads).toBe(3);
  // The first try has the news for an hour.
  await tell([{ ...ports, board, post, once: { isFirst: async () => true } }]);
  expect(posted).toHaveLength(1);
  await tell(all);
  expect(reads).toBe(4);
});
