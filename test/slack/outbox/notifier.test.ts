import { afterEach, describe, expect, it } from 'vitest';
import { NO_CARD } from '../../../src/domain/change/author.ts';
import type { ChangeEvent, ChangeId } from '../../../src/domain/change/change.ts';
import { RECORD_LOST } from '../../../src/domain/change/lost-record.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { updatePace } from '../../../src/slack/api/update-pace.ts';
import { CASES } from '../card-cases.ts';
import { ALICE, approved, BOB, planned, requested } from '../card-events.ts';
import { World } from '../notifier-world.ts';

const LOST = { kind: RECORD_LOST, where: 'Redis', what: 'Its data is gone.', next: 'Look why.' };
const COPY = 'copy:node-2:metalk8s-128.0.1';

const worlds: World[] = [];
function world(): World {
  const fresh = new World();
  worlds.push(fresh);
  return fresh;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((each) => each.stop()));
});

async function applying(w: World, id: ChangeId): Promise<void> {
  await w.request(id);
  await w.tell(
    id,
    planned(),
    approved(),
    { type: 'started', at: w.at },
    { type: 'step-started', at: w.at, step: COPY },
  );
}

/** Of the world's clock. */
const START = Date.parse('2026-11-22T10:00:00.000Z');

const progress = (done: number, at: string) => ({ step: COPY, at, done, total: 1000, unit: 'bytes' as const });

const proof = { served: 13, expected: 13, archives: 3, engines: 4, engineTotal: 4, blobs: 40 };

describe('the card of a change', () => {
  it('follows the record: an operator sees each state without asking', async () => {
    const w = world();
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(3_000);
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(3_000);
    await w.tell('lab-aaaaaa', { type: 'denied', at: w.at, by: BOB });
    await w.clock.advance(3_000);
    expect(w.slack.texts('lab-aaaaaa').map((text) => /\. (\w+)/.exec(text)?.[1])).toEqual(['The', 'Denied']);
  });

  it('has one line of all replicas in the log at each end, with how long the change took', async () => {
    const w = world();
    w.start();
    w.start();
    await w.request('lab-aaaaaa');
    await w.tell('lab-aaaaaa', planned(), approved());
    const approval = (await w.changes.get('lab-aaaaaa'))?.change.approval?.approval.at ?? '';
    const later = (seconds: number) => new Date(Date.parse(approval) + seconds * 1_000).toISOString();
    const failure = { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Fix it.' };
    await w.tell('lab-aaaaaa', { type: 'failed', at: later(61), failure });
    await w.clock.advance(9_000);
    await w.tell('lab-aaaaaa', approved(), { type: 'done', at: later(90), proof, seconds: 20 });
    await w.clock.advance(9_000);
    const ends = w.log.fields.filter((_, at) => w.log.lines[at] === 'info Change ended');
    const sinceRequest = (seconds: number) => expect.closeTo((Date.parse(later(seconds)) - START) / 1_000, 0);
    expect(ends).toEqual([
      { change: 'lab-aaaaaa', says: 'failed in 61 s', sinceApprovalSeconds: 61, sinceRequestSeconds: sinceRequest(61) },
      { change: 'lab-aaaaaa', says: 'done in 90 s', sinceApprovalSeconds: 90, sinceRequestSeconds: sinceRequest(90) },
    ]);
  });

  it('is edited at most once in three seconds, and shows the last progress', async () => {
    const w = world();
    await applying(w, 'lab-aaaaaa');
    w.start();
    for (let done = 1; done <= 100; done += 1) {
      await w.changes.progress('lab-aaaaaa', progress(done * 10, w.at));
      await w.clock.advance(100);
    }
    await w.clock.advance(6_000);
    const times = w.slack.edits('lab-aaaaaa').map(({ at }) => at);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3_000);
    expect(times.length).toBeLessThanOrEqual(6);
    expect(JSON.stringify(w.slack.edits('lab-aaaaaa').at(-1)?.drawing.blocks)).toContain('100 %');
  });

  it('shows an end within seconds while 40 cards progress, and leaves none of them behind', async () => {
    const w = world();
    w.slack.pace = updatePace(w.clock);
    const ids = Array.from({ length: 40 }, (_, index) => `lab-aaaa${index + 10}`);
    for (const id of ids) await applying(w, id);
    w.start();
    const [first = '', failing = '', ...running] = ids;
    async function second(moving: readonly ChangeId[], done: number): Promise<void> {
      for (const id of moving) await w.changes.progress(id, progress(done, w.at));
      await w.clock.advance(1_000);
    }
    for (let done = 1; done <= 90; done += 1) await second(ids, done);
    const before = w.clock.steadyMs();
    await w.tell(first, { type: 'step-done', at: w.at, step: COPY, already: false, seconds: 1 });
    await w.tell(first, { type: 'done', at: w.at, proof, seconds: 90 });
    await w.tell(failing, { type: 'failed', at: w.at, failure: { ...LOST, kind: 'unreachable' } });
    for (let done = 91; done <= 240; done += 1) await second(running, done);
    for (const id of [first, failing]) {
      const shown = w.slack.updates.find(
        ({ ts, at, drawing: { text } }) => ts === id && at >= before && /Done|Failed/.test(text),
      );
      expect((shown?.at ?? Number.POSITIVE_INFINITY) - before).toBeLessThanOrEqual(6_000);
    }
    const late = w.slack.updates.filter(({ at }) => at > before);
    expect(running.filter((id) => !late.some(({ ts }) => ts === id))).toEqual([]);
  });

  it('shows a new plan within seconds while 30 other plans are drawn again because of it', async () => {
    const w = world();
    w.slack.pace = updatePace(w.clock);
    const ids = Array.from({ length: 30 }, (_, index) => `lab-aaaa${index + 10}`);
    for (const id of ids) await w.request(id);
    for (const id of ids) await w.tell(id, planned());
    w.start();
    await w.clock.advance(90_000);
    expect(ids.filter((id) => w.slack.edits(id).length === 0)).toEqual([]);
    for (const id of ids) await w.changes.redraw(id);
    await w.clock.advance(10_000);
    await w.request('lab-zzzzzz');
    await w.tell('lab-zzzzzz', planned());
    await w.clock.advance(6_000);
    expect(w.slack.edits('lab-zzzzzz')).toHaveLength(1);
    await w.clock.advance(90_000);
    expect(ids.filter((id) => w.slack.edits(id).length < 2)).toEqual([]);
    expect(await w.cards.behind()).toEqual([]);
    expect(w.log.lines.filter((line) => JSON.stringify(line).includes('Card could not be drawn'))).toEqual([]);
  });

  it('is edited by two replicas no more often than by one, with one reply per state change', async () => {
    const w = world();
    await applying(w, 'lab-aaaaaa');
    w.start();
    w.start();
    for (let done = 1; done <= 50; done += 1) {
      await w.changes.progress('lab-aaaaaa', progress(done * 20, w.at));
      await w.clock.advance(200);
    }
    await w.tell('lab-aaaaaa', { type: 'done', at: w.at, proof, seconds: 10 });
    await w.clock.advance(10_000);
    const times = w.slack.edits('lab-aaaaaa').map(({ at }) => at);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3_000);
    expect(w.slack.texts('lab-aaaaaa').at(-1)).toContain('Done.');
    expect(w.slack.replies.map(({ text }) => text.slice(0, 28))).toEqual(
      ['Approved by bob.', 'The steps of', '<@U0ALICE>: done'].map((start) => expect.stringContaining(start)),
    );
  });

  it('is drawn after a restart, although the announcement was lost with the old process', async () => {
    const w = world();
    await w.request('lab-aaaaaa');
    await w.tell('lab-aaaaaa', planned());
    w.start();
    await w.clock.advance(0);
    expect(w.slack.texts('lab-aaaaaa')).toEqual([expect.stringContaining('The plan is ready.')]);
  });

  it('is drawn as soon as announcements work again, although its own was lost', async () => {
    const w = world();
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(5_000);
    w.announcements.cut();
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(1_000);
    expect(w.slack.texts('lab-aaaaaa')).toEqual([]);
    w.announcements.mend();
    await w.clock.advance(0);
    expect(w.slack.texts('lab-aaaaaa')).toEqual([expect.stringContaining('The plan is ready.')]);
  });

  it('is drawn by the next sweep if that is missed too', async () => {
    const w = world();
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(5_000);
    w.announcements.cut();
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(15_000);
    expect(w.slack.texts('lab-aaaaaa')).toEqual([expect.stringContaining('The plan is ready.')]);
  });

  it('is not edited by a sweep without news', async () => {
    const w = world();
    w.start();
    await w.request('lab-aaaaaa');
    await w.clock.advance(120_000);
    expect(w.slack.asked).toBe(0);
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(120_000);
    expect(w.slack.asked).toBe(1);
  });

  it('of a waiting change is updated at once when the change ahead ends', async () => {
    const w = world();
    await applying(w, 'lab-aaaaaa');
    await w.request('lab-bbbbbb');
    w.ahead.set('lab-bbbbbb', ['lab-aaaaaa']);
    w.start();
    await w.clock.advance(4_000);
    expect(w.slack.texts('lab-bbbbbb').at(-1)).toContain('waits for lab-aaaaaa');
    await w.tell('lab-aaaaaa', { type: 'done', at: w.at, proof, seconds: 10 });
    await w.clock.advance(4_000);
    expect(w.slack.texts('lab-bbbbbb').at(-1)).toContain('Inspecting the cluster');
  });

  it.each<[string, ChangeEvent]>([
    ['is done', { type: 'done', at: '2026-11-22T10:01:00.000Z', proof, seconds: 30 }],
    ['has failed', { type: 'failed', at: '2026-11-22T10:01:00.000Z', failure: LOST }],
  ])('of a plan that was out of date is drawn again when the change of the same node %s', async (_, end) => {
    const w = world();
    w.start();
    await applying(w, 'lab-aaaaaa');
    await w.request('lab-bbbbbb');
    await w.tell('lab-bbbbbb', planned());
    const changeOf = async (id: ChangeId) => (await w.changes.get(id))?.change;
    const rivals = async (id: ChangeId) => [await changeOf(id)].filter((one) => one !== undefined);
    w.rivals.set('lab-bbbbbb', await rivals('lab-aaaaaa'));
    w.rivals.set('lab-aaaaaa', await rivals('lab-bbbbbb'));
    await w.changes.redraw('lab-bbbbbb');
    await w.clock.advance(6_000);
    expect(w.slack.texts('lab-bbbbbb').at(-1)).toContain('The plan is out of date.');
    await w.tell('lab-aaaaaa', end);
    w.rivals.set('lab-bbbbbb', []);
    await w.clock.advance(9_000);
    expect(w.slack.texts('lab-bbbbbb').at(-1)).toContain('The plan is ready.');
  });
});

describe('when Slack has problems', () => {
  it('waits out a 429, then shows the last state', async () => {
    const w = world();
    w.start();
    await w.request('lab-aaaaaa');
    w.slack.refusal = () => new SlackRefused('rate-limited', 'ratelimited', { retryAfterMs: 20_000 });
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(10_000);
    await w.tell('lab-aaaaaa', { type: 'denied', at: w.at, by: BOB });
    await w.clock.advance(9_000);
    expect(w.slack.asked).toBe(1);
    w.slack.refusal = () => null;
    await w.clock.advance(2_000);
    expect(w.slack.texts('lab-aaaaaa')).toEqual([expect.stringContaining('Denied.')]);
  });

  it('retries during an outage with growing pauses, then catches up with one edit', async () => {
    const w = world();
    w.slack.refusal = () => new SlackRefused('unavailable', 'HTTP 503');
    w.start();
    await w.request('lab-aaaaaa');
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(600_000);
    expect(w.slack.asked).toBeLessThan(20);
    w.slack.refusal = () => null;
    await w.clock.advance(61_000);
    expect(w.slack.updates).toHaveLength(1);
  });

  it('uses classic cards in a workspace without plan blocks, without trying again', async () => {
    const w = world();
    const hasPlan = (blocks: readonly { type: string }[]) => blocks.some(({ type }) => type === 'plan');
    w.slack.refusal = (_, drawing) =>
      drawing !== undefined && hasPlan(drawing.blocks) ? new SlackRefused('invalid-blocks', 'invalid_blocks') : null;
    w.start();
    await applying(w, 'lab-aaaaaa');
    await w.clock.advance(4_000);
    await w.changes.progress('lab-aaaaaa', progress(500, w.at));
    await w.clock.advance(4_000);
    expect(w.slack.updates.length).toBeGreaterThanOrEqual(2);
    expect(w.slack.asked).toBe(w.slack.updates.length + 1);
    expect(JSON.stringify(w.slack.updates.at(-1)?.drawing.blocks)).toContain(':hourglass_flowing_sand:');
  });

  it('becomes smaller when it is too long for Slack, and other cards stay as they are', async () => {
    const w = world();
    const sizes: number[] = [];
    w.slack.refusal = (what, drawing) => {
      if (what !== 'update') return null;
      sizes.push(JSON.stringify(drawing?.blocks).length);
      return sizes.length === 1 ? new SlackRefused('too-long', 'msg_blocks_too_long') : null;
    };
    await applying(w, 'lab-aaaaaa');
    w.start();
    await w.clock.advance(10_000);
    // The card twice, then the list of steps.
    expect(sizes).toHaveLength(3);
    expect(JSON.stringify(w.slack.updates.at(-1)?.drawing.blocks)).toContain('"type":"plan"');
  });

  it('is posted anew once it was deleted, with a link to its thread, and followed there', async () => {
    const w = world();
    w.slack.refusal = (what) =>
      what === 'update' && w.slack.asked === 1 ? new SlackRefused('gone', 'message_not_found') : null;
    w.start();
    await w.request('lab-aaaaaa');
    await w.tell('lab-aaaaaa', planned());
    await w.clock.advance(60_000);
    expect(w.slack.posts.map(({ channel }) => channel)).toEqual(['C0OPS']);
    expect(JSON.stringify(w.slack.posts[0]?.drawing.blocks)).toContain('registry-ha:approve');
    expect(w.slack.replies[0]).toMatchObject({
      ts: '1.0',
      text: expect.stringContaining('<https://sandbox/plab-aaaaaa|'),
    });
    await w.tell('lab-aaaaaa', { type: 'denied', at: w.at, by: ALICE });
    await w.clock.advance(60_000);
    expect(w.slack.texts('1.0').at(-1)).toContain('Denied');
    expect(w.slack.posts).toHaveLength(1);
    expect(await w.cards.behind()).toEqual([]);
  });

  it('is posted anew when nobody knows its place, but not again and again', async () => {
    const w = world();
    await w.changes.append('lab-aaaaaa', 0, { ...requested(), id: 'lab-aaaaaa' });
    await w.tell('lab-aaaaaa', planned());
    w.start();
    await w.clock.advance(60_000);
    expect(w.slack.posts).toHaveLength(1);
    w.cards.lose();
    w.cards.place = async () => null;
    await w.cards.confirmReply('lab-aaaaaa', 'card after none');
    await w.clock.advance(300_000);
    expect(w.slack.posts).toHaveLength(1);
  });

  it('in a channel that the bot cannot write in is replaced by a direct message to the requester, until somebody got it', async () => {
    const w = world();
    let isClosed = true;
    w.slack.refusal = (what) => {
      if (what === 'direct') return isClosed ? new SlackRefused('unavailable', 'timeout') : null;
      return new SlackRefused('not-in-channel', 'is_archived');
    };
    w.start();
    await w.request('lab-aaaaaa');
    await w.tell('lab-aaaaaa', { type: 'refused', at: w.at, refusal: { refused: 'no-space', says: 'No space.' } });
    await w.clock.advance(120_000);
    expect(await w.cards.behind()).toEqual(['lab-aaaaaa']);
    isClosed = false;
    await w.clock.advance(120_000);
    expect(w.slack.directs).toEqual([{ user: ALICE.id, text: expect.stringContaining('No space.') }]);
    expect(w.slack.directs[0]?.text).toContain('cannot write in <#C0OPS>');
    expect(await w.cards.behind()).toEqual([]);
    expect(w.log.lines.filter((line) => line === 'info Change ended')).toHaveLength(1);
  });

  it('posts a reply later, once, if it could not be posted', async () => {
    const w = world();
    w.start();
    await w.request('lab-aaaaaa');
    w.slack.refusal = (what) => (what === 'reply' ? new SlackRefused('unavailable', 'timeout') : null);
    await w.tell('lab-aaaaaa', { type: 'refused', at: w.at, refusal: { refused: 'no-space', says: 'No space.' } });
    await w.clock.advance(10_000);
    expect(w.slack.replies).toEqual([]);
    w.slack.refusal = () => null;
    await w.clock.advance(120_000);
    expect(w.slack.replies).toEqual([{ ts: 'lab-aaaaaa', text: '<@U0ALICE>: refused. No space.', broadcast: false }]);
  });
});

describe('a reply that a dead bot had claimed', () => {
  const proofOf = async (w: World, name: string) => {
    await applying(w, 'lab-aaaaaa');
    expect(await w.cards.claimReply('lab-aaaaaa', name, 30_000)).toBe('ours');
    await w.tell('lab-aaaaaa', { type: 'done', at: w.at, proof, seconds: 10 });
    w.start();
  };

  it('is posted by another bot', async () => {
    const w = world();
    await proofOf(w, 'done');
    await w.clock.advance(20_000);
    expect(w.slack.replies.map(({ text }) => text)).toEqual(['Approved by bob.']);
    await w.clock.advance(60_000);
    expect(w.slack.replies.map(({ text }) => text.slice(0, 15))).toEqual(['Approved by bob', '<@U0ALICE>: don']);
    expect(await w.cards.behind()).toEqual([]);
  });

  it('is not posted again by a bot that could not record it', async () => {
    const w = world();
    const confirm = w.cards.confirmReply.bind(w.cards);
    let fails = 5;
    w.cards.confirmReply = async (id, name) => {
      fails -= 1;
      if (fails >= 0) throw new Error('Redis is away');
      await confirm(id, name);
    };
    await applying(w, 'lab-aaaaaa');
    w.start();
    await w.clock.advance(120_000);
    expect(w.slack.replies.map(({ text }) => text)).toEqual([
      'Approved by bob.',
      'The steps of `lab-aaaaaa` follow here.',
    ]);
    expect(await w.cards.claimReply('lab-aaaaaa', 'approved', 1)).toBe('posted');
  });
});

describe('a change restored after Redis lost it', () => {
  it('keeps its card, whose place only the worker’s journal has', async () => {
    const w = world();
    const card = { channel: 'C0OPS', ts: '1.7' };
    await w.changes.append('lab-aaaaaa', 0, { ...requested(), id: 'lab-aaaaaa', card, retold: { approvals: 1 } });
    await w.tell('lab-aaaaaa', planned(), { type: 'started', at: w.at }, { type: 'failed', at: w.at, failure: LOST });
    w.start();
    await w.clock.advance(10_000);
    expect(w.slack.texts('1.7').at(-1)).toContain('Failed.');
    expect(w.slack.replies.map(({ ts, text }) => `${ts} ${text}`)).toEqual([
      expect.stringContaining('1.7 <@U0ALICE>: lab-aaaaaa failed'),
    ]);
    expect(await w.cards.behind()).toEqual([]);
  });
});

describe('a change without a card', () => {
  it('is not searched for again after it ended for that reason', async () => {
    const w = world();
    await w.changes.append('lab-aaaaaa', 0, { ...requested(), id: 'lab-aaaaaa' });
    await w.tell('lab-aaaaaa', { type: 'failed', at: w.at, failure: { ...LOST, kind: NO_CARD } });
    w.start();
    await w.clock.advance(20_000);
    expect(await w.cards.behind()).toEqual([]);
    expect(w.slack.asked).toBe(0);
  });
});

describe('the thread', () => {
  it('broadcasts only failures to the channel', async () => {
    const failed = CASES['failed-in-a-state']?.change.failure;
    if (failed === undefined) throw new Error('there is a failed case');
    const w = world();
    w.start();
    await applying(w, 'lab-aaaaaa');
    await w.tell('lab-aaaaaa', { type: 'step-failed', at: w.at, step: COPY, seconds: 3, failure: failed });
    await w.tell('lab-aaaaaa', { type: 'failed', at: w.at, failure: failed });
    await w.clock.advance(10_000);
    expect(w.slack.replies.map(({ broadcast }) => broadcast)).toEqual([false, true]);
    expect(w.slack.replies.at(-1)?.text).toMatch(
      /^<@U0ALICE>: lab-aaaaaa failed at “Copy metalk8s-128.0.1 .*” \(node-2\)\. The Salt state/,
    );
  });
});
