import { webApi } from '@slack/bolt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { clientOf, OPS, refusalOf, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.close());

const post = () => clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'x' });
/** Fails after a short timeout. */
const postInHaste = () => clientOf(slack, slack.botToken, 500).chat.postMessage({ channel: OPS.id, text: 'x' });
const caught = (call: Promise<unknown>) => call.catch((error: unknown) => error);

it('slack-429 answers the named method with the given wait, until cleared', async () => {
  slack.fault('slack-429', ['chat.postMessage', '7']);
  expect(slack.faults()).toEqual(['slack-429 chat.postMessage 7']);
  const outcome = await caught(post());
  expect(outcome).toBeInstanceOf(webApi.WebAPIRateLimitedError);
  expect(outcome).toMatchObject({ retryAfter: 7 });
  expect((await clientOf(slack).auth.test()).ok).toBe(true);
  slack.clearFault('slack-429');
  expect((await post()).ok).toBe(true);
});

it('slack-5xx answers 503', async () => {
  slack.fault('slack-5xx', []);
  const outcome = await caught(post());
  expect(outcome).toBeInstanceOf(webApi.WebAPIHTTPError);
  expect(outcome).toMatchObject({ statusCode: 503 });
});

it('slack-timeout never answers, and posts nothing', async () => {
  slack.fault('slack-timeout', ['chat.postMessage']);
  expect(await caught(postInHaste())).toBeInstanceOf(webApi.WebAPIRequestError);
  expect(slack.messages()).toEqual([]);
});

it('slack-timeout after: posts the message but never answers', async () => {
  slack.fault('slack-timeout', ['chat.postMessage', 'after']);
  expect(await caught(postInHaste())).toBeInstanceOf(webApi.WebAPIRequestError);
  await expect.poll(() => slack.messages()).toHaveLength(1);
});

it('slack-timeout releases its callers when cleared', async () => {
  slack.fault('slack-timeout', []);
  const call = caught(post());
  await expect.poll(() => slack.apiCalls()).toMatchObject([{ method: 'chat.postMessage', error: 'timeout' }]);
  slack.clearFault('slack-timeout');
  expect(await call).toBeInstanceOf(webApi.WebAPIRequestError);
});

it('slack-invalid-blocks rejects one type of block only', async () => {
  slack.fault('slack-invalid-blocks', ['plan']);
  const plan = clientOf(slack).chat.postMessage({
    channel: OPS.id,
    text: 'x',
    blocks: [{ type: 'divider' }, { type: 'plan', title: 'x' }],
  });
  expect(await refusalOf(plan)).toEqual({
    error: 'invalid_blocks',
    messages: ['[ERROR] unsupported type: plan [json-pointer:/blocks/1/type]'],
  });
  const other = await clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'x', blocks: [{ type: 'divider' }] });
  expect(other.ok).toBe(true);
});

it('slack-revoked makes every token invalid, also the app’s', async () => {
  slack.fault('slack-revoked', []);
  expect((await refusalOf(clientOf(slack).auth.test())).error).toBe('invalid_auth');
  expect((await refusalOf(clientOf(slack, slack.appToken).apps.connections.open())).error).toBe('invalid_auth');
});

it('slack-not-in-channel removes the bot from the channel', async () => {
  slack.fault('slack-not-in-channel', []);
  expect((await refusalOf(post())).error).toBe('not_in_channel');
});

it('rejects an unknown fault and lists the known ones', () => {
  expect(() => slack.fault('slack-420', [])).toThrow(
    /Unknown fault "slack-420"\. Known: slack-429 \[METHOD\] \[SECONDS\], .*slack-refresh/,
  );
  expect(() => slack.clearFault('slack-420')).toThrow(/Unknown fault/);
  expect(() => slack.fault('slack-invalid-blocks', [])).toThrow(/one block type/);
});
