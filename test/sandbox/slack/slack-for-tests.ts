import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver, webApi } from '@slack/bolt';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';

/** The bot’s own manifest. */
export const MANIFEST = join(import.meta.dirname, '../../../manifest.yml');

export const ALICE = { id: 'U0ALICE', name: 'alice', title: 'operator', groups: ['operators'] };
export const BOB = { id: 'U0BOB', name: 'bob', title: 'approver', groups: ['approvers'] };
export const CAROL = { id: 'U0CAROL', name: 'carol', title: 'approver', groups: ['approvers'] };
export const MALLORY = { id: 'U0MALLORY', name: 'mallory', title: 'no permission' };
export const OPS = { id: 'C0OPS', name: 'ops' };

/** A message with two buttons; the first has a confirmation dialog. */
export const CARD = {
  channel: OPS.id,
  text: 'plan',
  blocks: [
    {
      type: 'actions',
      block_id: 'decision',
      elements: [
        {
          type: 'button',
          action_id: 'approve',
          value: 'change-1',
          text: { type: 'plain_text', text: 'Approve' },
          confirm: {
            title: { type: 'plain_text', text: 'Approve?' },
            text: { type: 'mrkdwn', text: 'It starts at once.' },
            confirm: { type: 'plain_text', text: 'Approve' },
            deny: { type: 'plain_text', text: 'Back' },
          },
        },
        { type: 'button', text: { type: 'plain_text', text: 'Deny' } },
      ],
    },
  ],
} as const;

/** A local Slack with the usual three people and a longer time to acknowledge. */
export function startSlack(options: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> {
  return startLocalSlack({
    manifestPath: MANIFEST,
    people: [ALICE, BOB, MALLORY],
    channel: OPS,
    delivery: { mode: 'socket' },
    ackLimitMs: PATIENCE_MS,
    ...options,
  });
}

/** A real WebClient without waits or retries. */
export function clientOf(slack: LocalSlack, token = slack.botToken, timeout = PATIENCE_MS): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout,
    logLevel: LogLevel.ERROR,
  });
}

/** A real Bolt app in Socket Mode, not yet started. */
export function socketApp(slack: LocalSlack): App {
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const logLevel = LogLevel.ERROR;
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 1500,
    installerOptions: { clientOptions },
    logLevel,
  });
  return new App({ token: slack.botToken, receiver, clientOptions, logLevel });
}

/** A real Bolt app for signed requests, with its receiver. */
export function httpApp(slack: LocalSlack, signingSecret = slack.signingSecret): App {
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
  return new App({
    token: slack.botToken,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl },
    logLevel: LogLevel.ERROR,
  });
}

/** A port without a listener. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('No port was given');
  return address.port;
}

/** Error code and messages of a call that must be rejected. */
export async function refusalOf(call: Promise<unknown>): Promise<{ error: string; messages: readonly string[] }> {
  const outcome = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isPlatformError(outcome)) throw new Error(`No platform error but ${String(outcome)}`);
  return { error: outcome.data.error, messages: outcome.data.response_metadata?.messages ?? [] };
}

interface PlatformError {
  readonly data: {
    readonly error: string;
    readonly response_metadata?: { readonly messages?: readonly string[] };
  };
}

const isPlatformError = (value: unknown): value is PlatformError =>
  typeof value === 'object' && value !== null && 'data' in value;

/** Polls until the value exists; fails after the limit. */
export async function eventually<T>(look: () => T | undefined, limitMs = PATIENCE_MS): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (Date.now() > until) throw new Error(`Not there within ${limitMs} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
