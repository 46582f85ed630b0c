import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { ALICE, BOB, clientOf, eventually, MALLORY, OPS, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${slack.pageUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('the page gets what it shows', () => {
  it('as one state', async () => {
    await clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'hello' });
    const state = await (await fetch(`${slack.pageUrl}page/state`)).json();
    expect(state).toMatchObject({
      channel: OPS,
      people: [ALICE, BOB, MALLORY],
      bot: { id: 'U0BOT', name: 'registry-ha' },
      commands: [{ command: '/registry-ha', usageHint: expect.stringContaining('add NODE') }],
      messages: [{ text: 'hello', author: { isBot: true } }],
    });
  });

  it('and a word of each change', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${slack.pageUrl}page/events`, { signal: stop.signal });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(': connected\n\n');
    await slack.command('alice', 'hello');
    expect((await reader?.read())?.value).toBe('event: changed\ndata: {}\n\n');
    stop.abort();
  });

  it('and its files, TypeScript as JavaScript', async () => {
    const file = await fetch(`${slack.pageUrl}page/page.ts`);
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await file.text()).not.toMatch(/import type|: string/);
  });

  it('also from one folder of the page', async () => {
    const file = await fetch(`${slack.pageUrl}page/text/mrkdwn.ts`);
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await file.text()).toContain('export function parseMrkdwn');
    expect((await fetch(`${slack.pageUrl}page/style/style.css`)).status).toBe(200);
  });

  it.each([
    'page/../local-slack.ts',
    'page/text/../../local-slack.ts',
    'page/text/..%2F..%2Flocal-slack.ts',
    'page/text/%2e%2e/%2e%2e/local-slack.ts',
    'page/..%2Fpage-api/page-api.ts',
    'page/text%2Fmrkdwn.ts',
    'page/text/deeper/mrkdwn.ts',
    'page//text/mrkdwn.ts',
    'page/text//mrkdwn.ts',
    'page/text/',
    'page/page.ts/mrkdwn.ts',
    'page/./page.json',
    'page/..%2Flocal-slack.ts',
    'page/%2e%2e/manifest.ts',
    'page/tsconfig.json',
    'page/nothing.css',
  ])('and nothing else: %s', async (path) => {
    const { status } = await raw({ path: `/${path}` });
    expect(status).toBe(404);
  });
});

describe('people act through the page', () => {
  it('a line without a slash is their own message', async () => {
    expect((await post('page/command', { person: 'alice', text: 'good morning' })).status).toBe(200);
    expect(slack.messages()).toMatchObject([
      { author: { id: 'U0ALICE', name: 'alice', isBot: false }, text: 'good morning' },
    ]);
  });

  it.each([
    ['an unknown person', 'page/command', { person: 'eve', text: 'x' }, /Unknown person "eve"/],
    ['an empty message', 'page/command', { person: 'alice', text: ' ' }, /The message is empty/],
    ['a field too many', 'page/command', { person: 'alice', text: 'x', as: 'bob' }, /not understood/],
    ['a button that is gone', 'page/click', { person: 'bob', ts: '1', blockId: 'a', actionId: 'b' }, /no longer there/],
    ['an act nobody knows', 'page/shout', { person: 'bob' }, /cannot do/],
    ['a command without a bot', 'page/command', { person: 'bob', text: '/registry-ha help' }, /dispatch_failed/],
  ])('%s is answered with a sentence', async (_name, path, body, sentence) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(sentence) });
  });
});

describe('a foreign page in the same browser', () => {
  it('can neither act', async () => {
    const answer = await post('page/command', { person: 'alice', text: 'x' }, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    const form = await post('page/command', { person: 'alice', text: 'x' }, { 'content-type': 'text/plain' });
    expect(form.status).toBe(400);
    expect(slack.messages()).toEqual([]);
  });

  it('nor read by a name of its own for this address', async () => {
    expect((await raw({ path: '/page/state', headers: { host: 'evil.example' } })).status).toBe(403);
  });
});

it('a second local Slack on the same port says so, and the first goes on', async () => {
  await expect(startSlack({ port: Number(new URL(slack.pageUrl).port) })).rejects.toThrow('EADDRINUSE');
  expect((await fetch(`${slack.pageUrl}page/state`)).status).toBe(200);
});

it('closing ends the streams people still watch', async () => {
  const stream = await fetch(`${slack.pageUrl}page/events`);
  await slack.close();
  await expect(stream.text()).rejects.toThrow();
  await expect(fetch(slack.pageUrl)).rejects.toThrow();
});

/** A request whose path and host no client tidies up. */
async function raw(options: {
  readonly path: string;
  readonly headers?: Record<string, string>;
}): Promise<{ readonly status: number }> {
  const port = new URL(slack.pageUrl).port;
  let status: number | undefined;
  request({ host: '127.0.0.1', port, ...options }, (response) => {
    status = response.resume().statusCode;
  }).end();
  return { status: await eventually(() => status) };
}
