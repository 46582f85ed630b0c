import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { boltLog } from '../../../src/slack/api/bolt-log.ts';
import { slackPoster } from '../../../src/slack/api/poster.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { postCard } from '../../../src/slack/outbox/post-card.ts';
import { section } from '../../../src/slack/text/blocks.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { PATIENT } from '../../fixtures/patience.ts';
import { OPS, startSlack } from '../../sandbox/slack/slack-for-tests.ts';
import { changeOf, requested } from '../card-events.ts';
import { KeptLog } from '../recording-slack.ts';

const open: LocalSlack[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function posterOnLocalSlack(
  clock: Pick<Clock, 'now' | 'steadyMs'> = systemClock,
  slackNow = () => clock.now().getTime(),
  moreScopes: readonly string[] = [],
) {
  const local = await startSlack({ now: slackNow, moreScopes });
  open.push(local);
  const options = { botToken: local.botToken, slackApiUrl: local.apiUrl, clock, logger: boltLog(new KeptLog()) };
  return { local, poster: slackPoster(options) };
}

const drawing = (words: string) => ({ text: words, blocks: [section(words)] });

async function refusal(call: Promise<unknown>): Promise<SlackRefused> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SlackRefused)) throw new Error(`not refused but ${String(error)}`);
  return error;
}

describe('posting a message', () => {
  it('posts, updates and replies in the thread', async () => {
    const { local, poster } = await posterOnLocalSlack();
    const place = await poster.post(OPS.id, drawing('first'));
    await poster.update(place, drawing('second'), 'end');
    await poster.reply(place, 'in the thread', true);
    const [card, reply] = local.messages();
    expect(card).toMatchObject({ ts: place.ts, text: 'second', edits: 1 });
    expect(reply).toMatchObject({ threadTs: place.ts, text: 'in the thread', broadcast: true });
  });

  it('posts a text file in the thread, and says which scope it lacks', async () => {
    const { local, poster } = await posterOnLocalSlack(systemClock, Date.now, ['files:write']);
    const place = await poster.post(OPS.id, drawing('first'));
    await poster.upload(place, { name: 'plan.txt', text: 'Every step – and more' }, 'The plan.');
    const [, message] = local.messages();
    expect(message).toMatchObject({ threadTs: place.ts, text: 'The plan.', files: [{ name: 'plan.txt' }] });
    expect(local.fileText(message?.files?.[0]?.id ?? '')).toBe('Every step – and more');
    const { poster: without } = await posterOnLocalSlack();
    const lacking = await refusal(without.upload(place, { name: 'plan.txt', text: 'x' }, ''));
    expect([lacking.fault, lacking.code]).toEqual(['refused', 'missing_scope']);
  });

  it('sends a text file to a person alone, or nothing at all', async () => {
    const { local, poster } = await posterOnLocalSlack(systemClock, Date.now, ['files:write']);
    const send = () => poster.uploadTo('U0ALICE', { name: 'log.txt', text: 'Line by line' }, 'The whole answer.');
    await send();
    const [first, second] = local.messages();
    expect([first?.channel, first?.ephemeralFor, first?.text]).toEqual(['D0ALICE', 'U0ALICE', 'The whole answer.']);
    expect(second).toMatchObject({ channel: 'D0ALICE', ephemeralFor: 'U0ALICE', threadTs: first?.ts });
    expect(local.fileText(second?.files?.[0]?.id ?? '')).toBe('Line by line');
    local.fault('slack-5xx', ['files.upload']);
    await refusal(send());
    expect(local.messages().at(-1)?.text).toBe('log.txt could not be uploaded. Ask again for it.');
    const { local: strict, poster: without } = await posterOnLocalSlack();
    const lacking = await refusal(without.uploadTo('U0ALICE', { name: 'log.txt', text: 'x' }, 'The whole answer.'));
    expect([lacking.code, strict.messages()]).toEqual(['missing_scope', []]);
  });

  it.each([
    ['slack-no-files', [], 'refused', 'file_uploads_disabled'],
    ['slack-5xx', ['files.upload'], 'unavailable', '503'],
    ['slack-429', ['files.completeUploadExternal', '7'], 'rate-limited', 'ratelimited'],
  ] as const)('reports why a file was not posted: %s', async (name, args, fault, code) => {
    const { local, poster } = await posterOnLocalSlack(systemClock, Date.now, ['files:write']);
    const place = await poster.post(OPS.id, drawing('first'));
    local.fault(name, args);
    const refused = await refusal(poster.upload(place, { name: 'plan.txt', text: 'x' }, ''));
    expect([refused.fault, refused.code]).toEqual([fault, expect.stringContaining(code)]);
    expect(local.messages()).toHaveLength(1);
  });

  it('reports what is wrong with rejected blocks', async () => {
    const { poster } = await posterOnLocalSlack();
    const bad = { text: 'x', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '' } }] } as const;
    const { fault, notes } = await refusal(poster.post(OPS.id, bad));
    expect(fault).toBe('invalid-blocks');
    expect(notes.join(' ')).toContain('/blocks/0');
  });

  it.each([
    ['C0RANDOM', 'not-in-channel'],
    ['C0NOWHERE', 'not-in-channel'],
  ])('reports a channel that the bot cannot write in: %s', async (channel, fault) => {
    const { poster } = await posterOnLocalSlack();
    expect((await refusal(poster.post(channel, drawing('x')))).fault).toBe(fault);
  });

  it('reports a deleted message as gone', async () => {
    const { poster } = await posterOnLocalSlack();
    expect((await refusal(poster.update({ channel: OPS.id, ts: '1.000001' }, drawing('x'), 'end'))).fault).toBe('gone');
  });
});

describe('the rate limit of edits', () => {
  it('keeps the edits of all cards below Slack’s limit, and returns a retry time', async () => {
    const clock = new FakeClock();
    const { local, poster } = await posterOnLocalSlack(clock);
    const place = await poster.post(OPS.id, drawing('first'));
    let refused: SlackRefused | null = null;
    for (let n = 0; n < 6; n += 1)
      refused = await poster.update(place, drawing(`edit ${n}`), 'end').then(() => null, slackFault);
    expect(refused).toMatchObject({ fault: 'rate-limited', retryAfterMs: 1715 });
    expect(local.apiCalls().filter(({ method }) => method === 'chat.update')).toHaveLength(5);
    await clock.advance(1715);
    await poster.update(place, drawing('sixth'), 'end');
    expect(local.messages()[0]?.text).toBe('sixth');
  });

  it('continues after the clock is set back', async () => {
    const clock = new FakeClock();
    const { local, poster } = await posterOnLocalSlack(clock, () => clock.steadyMs());
    const place = await poster.post(OPS.id, drawing('first'));
    await poster.update(place, drawing('before'), 'end');
    clock.setBy(-3 * 3_600_000);
    await clock.advance(3_000);
    await poster.update(place, drawing('after'), 'end');
    expect(local.messages()[0]?.text).toBe('after');
  });

  it('pauses all edits for Slack’s Retry-After', async () => {
    const clock = new FakeClock();
    const { local, poster } = await posterOnLocalSlack(clock);
    const place = await poster.post(OPS.id, drawing('first'));
    local.fault('slack-429', ['chat.update', '7']);
    expect(await refusal(poster.update(place, drawing('second'), 'end'))).toMatchObject({
      fault: 'rate-limited',
      retryAfterMs: 7000,
    });
    const calls = local.apiCalls().length;
    expect((await refusal(poster.update(place, drawing('third'), 'end'))).retryAfterMs).toBeGreaterThanOrEqual(7000);
    expect(local.apiCalls()).toHaveLength(calls);
    local.clearFault('slack-429');
    await clock.advance(7000);
    await poster.update(place, drawing('fourth'), 'end');
    expect(local.messages()[0]?.text).toBe('fourth');
  });

  it('does not retry an edit during a Slack outage, because the notifier has newer content', async () => {
    const { local, poster } = await posterOnLocalSlack();
    const place = await poster.post(OPS.id, drawing('first'));
    local.fault('slack-5xx', ['chat.update']);
    expect((await refusal(poster.update(place, drawing('second'), 'end'))).fault).toBe('unavailable');
    expect(local.apiCalls().filter(({ method }) => method === 'chat.update')).toHaveLength(1);
  });
});

describe('a rate-limited channel', () => {
  it('gets a new card before any reply', async () => {
    const clock = new FakeClock();
    const { local, poster } = await posterOnLocalSlack(clock);
    const place = await poster.post(OPS.id, drawing('an old card'));
    local.fault('slack-429', ['chat.postMessage', '1']);
    expect((await refusal(poster.post(OPS.id, drawing('a new card')))).fault).toBe('rate-limited');
    local.clearFault('slack-429');
    await clock.advance(1_000);
    expect(await refusal(poster.reply(place, 'a reply', false))).toMatchObject({ fault: 'rate-limited' });
    await poster.post(OPS.id, drawing('a new card'));
    await clock.advance(1_500);
    await poster.reply(place, 'a reply', false);
    expect(local.messages().map(({ text }) => text)).toEqual(['an old card', 'a new card', 'a reply']);
    expect(await refusal(poster.repost('C0NOWHERE', drawing('a lost card')))).toMatchObject({
      fault: 'not-in-channel',
    });
  });

  it('retries the first card of a change for half a minute', async () => {
    const clock = new FakeClock();
    const { local, poster } = await posterOnLocalSlack(clock);
    const card = () => postCard(changeOf([requested()]), OPS.id, { slack: poster, clock, log: new KeptLog() });
    const tries = () => local.apiCalls().filter(({ method }) => method === 'chat.postMessage').length;
    local.fault('slack-429', ['chat.postMessage', '1']);
    const posted = card();
    await passing(clock, () => tries() >= 8);
    local.clearFault('slack-429');
    await passing(clock, () => local.messages().length === 1);
    expect((await posted).channel).toBe(OPS.id);
    local.fault('slack-429', ['chat.postMessage', '1']);
    let refused: SlackRefused | null = null;
    void refusal(card()).then((reason) => (refused = reason));
    await passing(clock, () => refused !== null);
    expect(refused).toMatchObject({ fault: 'rate-limited' });
  });
});

/** Advances the clock during real requests, until the condition is met. */
async function passing(clock: FakeClock, isSo: () => boolean): Promise<void> {
  await vi.waitFor(
    async () => {
      await clock.advance(250);
      expect(isSo()).toBe(true);
    },
    { ...PATIENT, interval: 5 },
  );
}

function slackFault(error: unknown): SlackRefused {
  if (error instanceof SlackRefused) return error;
  throw error;
}
