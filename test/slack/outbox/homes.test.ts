import { describe, expect, it, vi } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import { WORKER_THERE } from '../../../src/domain/cluster/worker-state.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import type { ClusterView } from '../../../src/domain/questions/status/view.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { Homes } from '../../../src/slack/outbox/homes.ts';
import { homeView } from '../../../src/slack/parts/home-view.ts';
import { MRKDWN } from '../../../src/slack/text/markup.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { changeOf, planned, requested } from '../card-events.ts';
import { KeptLog } from '../recording-slack.ts';

const WANTED = 'U0BOB';
const change = changeOf([requested()]);

/** Homes over one change, and what was published. */
function bench(publish: (user: string) => void = () => undefined) {
  const published: string[] = [];
  const clock = new FakeClock();
  let now: Change = change;
  const homes = new Homes({
    publish: async (user) => {
      publish(user);
      published.push(user);
    },
    planned: async () => now,
    wanted: async () => [WANTED],
    clock,
    log: new KeptLog(),
  });
  const end = new AbortController();
  const running = homes.run(end.signal);
  const turn = (to: Change) => {
    now = to;
    homes.changed(to.id);
  };
  const close = async () => {
    end.abort();
    await running;
  };
  const becomes = (users: readonly string[]) =>
    vi.waitFor(async () => {
      await clock.advance(1_000);
      expect(published).toEqual(users);
    }, PATIENT);
  return { homes, published, turn, close, becomes };
}

describe('the Home', () => {
  it('is drawn when it is opened, and again when a change of that person turns', async () => {
    const { homes, published, turn, close, becomes } = bench();
    await homes.opened(change.requester.id);
    await homes.opened('U0MALLORY');
    expect(published.splice(0)).toEqual([change.requester.id, 'U0MALLORY']);
    turn(changeOf([requested(), planned()]));
    await becomes([change.requester.id]);
    await close();
  });

  it('is drawn again for whose decision is wanted, but not for progress, and for nobody who has not opened it', async () => {
    const { homes, published, turn, close, becomes } = bench();
    await homes.opened(WANTED);
    published.splice(0);
    turn(change);
    await becomes([WANTED]);
    turn(change);
    turn(changeOf([requested(), planned()]));
    await becomes([WANTED, WANTED]);
    await close();
  });

  it('waits for the next round when Slack limits the rate', async () => {
    let limited = 0;
    const { homes, turn, close, becomes } = bench(() => {
      limited += 1;
      if (limited === 2) throw new SlackRefused('rate-limited', 'ratelimited', { retryAfterMs: 1_000 });
    });
    await homes.opened(WANTED);
    turn(change);
    await becomes([WANTED, WANTED]);
    expect(limited).toBe(3);
    await close();
  });

  it('is one that Slack takes, however much it shows', () => {
    const one = { change: changeOf([requested(), planned()]), card: { channel: 'C1', ts: '1.0' }, waitsFor: [] };
    const ten = Array.from({ length: 10 }, () => one);
    const cluster: ClusterView = {
      cluster: 'lab',
      seen: { is: 'none' },
      worker: WORKER_THERE,
      open: [],
      windows: [],
      fresh: 'none',
      held: { holds: [], freeze: null },
    };
    const clusters = Array.from({ length: 100 }, (_, at) => ({ ...cluster, cluster: `${at}-${'x'.repeat(38)}` }));
    const well = judge(inspectionOf());
    const seen = { is: 'seen', status: well, ageMs: 1_000, answers: 0 } as const;
    const allWell = clusters.map((one) => ({ ...one, seen }));
    const all = { waiting: ten, open: ten, ended: ten };
    const shown = JSON.stringify(homeView({ ...all, clusters: allWell }, MRKDWN, '2026-11-22T10:00:00.000Z'));
    for (const one of clusters) expect(shown).toContain(one.cluster);
    const troubled = homeView({ ...all, clusters: [...allWell, ...clusters] }, MRKDWN, '2026-11-22T10:00:00.000Z');
    expect(JSON.stringify(troubled)).toContain('… 83 more. To see all clusters, type `/registry-ha status --all`');
    expect(validateBlocks('home', troubled.blocks)).toEqual([]);
    for (const known of [
      { clusters: allWell, waiting: ten, open: ten, ended: ten },
      { clusters, waiting: ten, open: ten, ended: ten },
      { clusters: [], waiting: [], open: [], ended: [] },
    ]) {
      expect(validateBlocks('home', homeView(known, MRKDWN, '2026-11-22T10:00:00.000Z').blocks)).toEqual([]);
    }
  });
});
