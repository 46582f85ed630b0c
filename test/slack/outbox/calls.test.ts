import { afterEach, describe, expect, it } from 'vitest';
import { WORKER_THERE, type WorkerState } from '../../../src/domain/cluster/worker-state.ts';
import { type Call, NOBODY_CALLED } from '../../../src/domain/policy/call.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { remind } from '../../../src/slack/outbox/remind.ts';
import { approved, BOB, planned } from '../card-events.ts';
import { World } from '../notifier-world.ts';

const ID = 'lab-aaaaaa';
const SINCE = '2026-11-22T10:04:10.000Z';
const SILENT: WorkerState = { is: 'silent', since: SINCE };

const worlds: World[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.stop()));
});

async function world(toDecide: Call, toKnow: Call = toDecide): Promise<World> {
  const w = new World();
  worlds.push(w);
  w.calls = { toDecide, toKnow, toTell: NOBODY_CALLED };
  w.start();
  await w.request(ID);
  return w;
}

const inThread = (...users: readonly string[]): Call => ({ by: 'thread', users, groups: [] });
const saidBy = ({ slack }: World) => slack.replies.map(({ text }) => text);

describe('a plan that waits for a decision', () => {
  it('calls those who may decide, once, and says what approving does', async () => {
    const w = await world(inThread('U0BOB', 'U0CAROL'));
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    expect(saidBy(w)).toHaveLength(1);
    expect(saidBy(w)[0]).toMatch(
      /^<@U0BOB> <@U0CAROL>: Add a registry on node-2 \(lab-aaaaaa\) waits for a decision\. An approver must approve or deny it before <!date.*>\. containerd restarts on 4 nodes\./,
    );
  });

  it('calls a user group by its mention', async () => {
    const w = await world({ by: 'thread', users: [], groups: ['S0OPS'] });
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    expect(saidBy(w)[0]).toMatch(/^<!subteam\^S0OPS>: Add a registry /);
  });

  it('calls by direct messages with a link to the card, if the policy says so', async () => {
    const w = await world({ by: 'direct', users: ['U0BOB'], groups: [] });
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    expect(saidBy(w)).toEqual([]);
    expect(w.slack.directs).toHaveLength(1);
    expect(w.slack.directs[0]).toMatchObject({
      user: 'U0BOB',
      text: expect.stringMatching(/^Add a registry .*<https:.*\|Open the card>$/),
    });
  });

  it('is drawn although a person cannot get direct messages', async () => {
    const w = await world({ by: 'direct', users: ['U0GONE', 'U0BOB'], groups: [] });
    let refused = 0;
    w.slack.refusal = (what) =>
      what === 'direct' && refused++ === 0 ? new SlackRefused('refused', 'user_disabled') : null;
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    expect(w.slack.directs.map(({ user }) => user)).toEqual(['U0BOB']);
    expect(w.slack.texts(ID).at(-1)).toContain('The plan is ready.');
  });

  it('calls nobody if the policy says so', async () => {
    const w = await world({ by: 'none', users: ['U0BOB'], groups: [] });
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    expect([saidBy(w), w.slack.directs]).toEqual([[], []]);
  });

  it('says who is still wanted after one of two approvals', async () => {
    const w = await world(inThread('U0CAROL'));
    await w.tell(ID, planned(), { type: 'voted', at: w.at, by: BOB, counts: [BOB.id], needed: 2 });
    await w.clock.advance(60_000);
    expect(saidBy(w).at(-1)).toBe('1 of 2 approvals: bob. Still wanted: one of <@U0CAROL>.');
  });

  it('reminds once', async () => {
    const w = await world(inThread('U0BOB'));
    await w.tell(ID, planned());
    await w.clock.advance(60_000);
    const change = (await w.changes.get(ID))?.change;
    if (change === undefined) throw new Error('there is no change');
    const ports = { cards: w.cards, slack: w.slack, linkTo: () => 'https://sandbox/', log: w.log };
    for (let n = 0; n < 3; n += 1) await remind(change, inThread('U0BOB'), ports);
    expect(saidBy(w).filter((text) => text.includes('still waits'))).toHaveLength(1);
  });
});

describe('a change whose worker is silent', () => {
  const running = async () => {
    const w = await world(inThread('U0BOB'), inThread('U0ALICE', 'U0BOB'));
    await w.tell(ID, planned(), approved(), { type: 'started', at: w.at });
    await w.clock.advance(30_000);
    w.slack.replies.length = 0;
    return w;
  };

  it('calls nobody for a restart that takes less than a minute', async () => {
    const w = await running();
    w.worker = SILENT;
    await w.clock.advance(20_000);
    w.worker = WORKER_THERE;
    await w.clock.advance(20_000);
    expect(saidBy(w)).toEqual([]);
  });

  it('calls those who asked and approved after a minute, and again when it resumes', async () => {
    const w = await running();
    w.worker = SILENT;
    await w.clock.advance(20_000);
    w.worker = { ...SILENT, isLong: true };
    await w.clock.advance(60_000);
    w.worker = WORKER_THERE;
    await w.clock.advance(60_000);
    expect(saidBy(w)).toEqual([
      expect.stringMatching(/^<@U0ALICE> <@U0BOB>: .* is interrupted: the worker has sent no heartbeat since /),
      expect.stringMatching(/^<@U0ALICE> <@U0BOB>: .* resumes: the worker is back\.$/),
    ]);
  });
});

it('a failed change calls the requester and those who may retry it', async () => {
  const w = await world(inThread('U0BOB'));
  const failure = { kind: 'salt', where: 'node-2', what: 'It failed.', next: 'Fix it.' };
  await w.tell(ID, planned(), approved(), { type: 'started', at: w.at }, { type: 'failed', at: w.at, failure });
  await w.clock.advance(60_000);
  expect(saidBy(w).at(-1)).toMatch(/^<@U0ALICE> <@U0BOB>: .* failed/);
});
