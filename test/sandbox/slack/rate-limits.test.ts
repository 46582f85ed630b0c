import { webApi } from '@slack/bolt';
import { expect, it } from 'vitest';
import { RateLimits } from '../../../sandbox/slack/site/rate-limits.ts';
import { clientOf, OPS, startSlack } from './slack-for-tests.ts';

it('answers 429 with the wait to a bot that posts faster than one message a second', async () => {
  const slack = await startSlack({ now: () => 1_800_000_000_000 });
  try {
    const post = () => clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'x' });
    for (let i = 0; i < 5; i += 1) await post();
    const outcome = await post().catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(webApi.WebAPIRateLimitedError);
    expect(outcome).toMatchObject({ retryAfter: 1 });
    expect(slack.apiCalls().at(-1)).toMatchObject({ ok: false, error: 'ratelimited' });
  } finally {
    await slack.close();
  }
});

it('allows at most 50 updates in any minute', () => {
  let now = 0;
  const limits = new RateLimits(() => now);
  let allowed = 0;
  for (; now < 60_000; now += 250) if (limits.take('chat.update', OPS.id) === 0) allowed += 1;
  expect(allowed).toBeGreaterThan(45);
  expect(allowed).toBeLessThanOrEqual(50);
});

it('limits each channel separately, and accepts a post after the given wait', () => {
  let now = 0;
  const limits = new RateLimits(() => now);
  for (let i = 0; i < 5; i += 1) expect(limits.take('chat.postMessage', 'C1')).toBe(0);
  const wait = limits.take('chat.postMessage', 'C1');
  expect(wait).toBe(1);
  expect(limits.take('chat.postMessage', 'C2')).toBe(0);
  now += wait * 1000;
  expect(limits.take('chat.postMessage', 'C1')).toBe(0);
});
