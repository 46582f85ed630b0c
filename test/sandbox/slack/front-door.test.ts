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

describe('the page receives', () => {
  it('the whole state', async () => {
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

  it('an event for each change', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${slack.pageUrl}page/events`, { signal: stop.signal });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toBe(': connected\n\n');
    await slack.command('alice', 'hello');
    expect((await reader?.read())?.value).toBe('event: changed\ndata: {}\n\n');
    stop.abort();
  });

  it('its files, with TypeScript as JavaScript', async () => {
    const file = await fetch(`${slack.pageUrl}page/page.ts`);
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await file.text()).not.toMatch(/import type|: string/);
  });

  it('files in a folder of the page', async () => {
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
  it('posts a line without a slash as a message', async () => {
    expect((await post('page/command', { person: 'alice', text: 'good morning' })).status).toBe(200);
    expect(slack.messages()).toMatchObject([
      { author: { id: 'U0ALICE', name: 'alice', isBot: false }, text: 'good morning' },
    ]);
  });

  it.each([
    ['an unknown person', 'page/command', { person: 'eve', text: 'x' }, /Unknown person "eve"/],
    ['an empty message', 'page/command', { person: 'alice', text: ' ' }, /The message is empty/],
    ['an extra field', 'page/command', { person: 'alice', text: 'x', as: 'bob' }, /Invalid request/],
    [
      'a button that is gone',
      'page/click',
      { person: 'bob', ts: '1', blockId: 'a', actionId: 'b' },
      /the button is gone/,
    ],
    ['an unknown action', 'page/shout', { person: 'bob' }, /Unknown action/],
    ['a command without a bot', 'page/command', { person: 'bob', text: '/registry-ha help' }, /dispatch_failed/],
  ])('answers %s with an explanation', async (_name, path, body, sentence) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(sentence) });
  });
});

describe('another site in the same browser', () => {
  it('cannot act', async () => {
    const answer = await post('page/command', { person: 'alice', text: 'x' }, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    const form = await post('page/command', { person: 'alice', text: 'x' }, { 'content-type': 'text/plain' });
    expect(form.status).toBe(400);
    expect(slack.messages()).toEqual([]);
  });

  it('cannot read through another host name for this address', async () => {
    expect((await raw({ path: '/page/state', headers: { host: 'evil.example' } })).status).toBe(403);
  });
});

it('reports a port in use by another local Slack, which keeps running', async () => {
  await expect(startSlack({ port: Number(new URL(slack.pageUrl).port) })).rejects.toThrow('EADDRINUSE');
  expect((await fetch(`${slack.pageUrl}page/state`)).status).toBe(200);
});

it('closes open event streams at its end', async () => {
  const stream = await fetch(`${slack.pageUrl}page/events`);
  await slack.close();
  await expect(stream.text()).rejects.toThrow();
  await expect(fetch(slack.pageUrl)).rejects.toThrow();
});

/** A request with an unmodified path and host. */
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
