import { z } from 'zod';
import { codeOf } from '../../domain/text/error-code.ts';
import type { SlackSays, SlackSite } from '../../ports/doctor/slack.ts';
import { boltLog } from './bolt-log.ts';
import { slackRefused } from './slack-refused.ts';
import { webClient } from './web-client.ts';

const LIMIT_MS = 10_000;
const SLACK_API = 'https://slack.com/api/';

export interface SiteOptions {
  readonly botToken: string;
  readonly appToken?: string | undefined;
  readonly slackApiUrl?: string | undefined;
}

const testSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  team: z.string().default(''),
  user: z.string().default(''),
});
const channelSchema = z.object({ is_member: z.boolean() });
const userSchema = z.object({ deleted: z.boolean() });

/** The Slack workspace of a bot token, asked once for each question: nothing is retried, posted or opened. */
export function slackSite(options: SiteOptions): SlackSite {
  const { appToken = '', slackApiUrl = SLACK_API, botToken } = options;
  const client = (token: string) =>
    webClient(
      { ...options, botToken: token },
      { retryConfig: { retries: 0 }, timeout: LIMIT_MS, logger: boltLog(NO_LOG) },
    );
  return {
    token: (signal) => tokenAt(slackApiUrl, botToken, signal),
    appToken: () => said(async () => void (await client(appToken).apps.connections.open({}))),
    isIn: (channel) =>
      said(async () => {
        const { channel: found } = await client(botToken).conversations.info({ channel });
        return channelSchema.parse(found).is_member ? undefined : 'not_in_channel';
      }),
    hasPerson: (user) =>
      said(async () => {
        const { user: found } = await client(botToken).users.info({ user });
        return userSchema.parse(found).deleted ? 'account_inactive' : undefined;
      }),
  };
}

/** Every failure is an answer here. */
const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** auth.test by hand: the client shows neither the header Date nor, at an error, the scopes. */
async function tokenAt(api: string, token: string, signal: AbortSignal): ReturnType<SlackSite['token']> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(new URL('auth.test', api), { method: 'POST', headers, signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    return codeOf(cause instanceof Error ? (cause.cause ?? cause) : cause) || 'no connection';
  });
  if (typeof answer === 'string') return { is: 'silent', why: answer };
  if (!answer.ok) return { is: 'silent', why: `status ${answer.status}` };
  const { ok, error = 'unknown', team, user } = testSchema.parse(await answer.json());
  if (!ok) return { is: 'refused', code: error };
  const at = Date.parse(answer.headers.get('date') ?? '');
  const scopes = answer.headers.get('x-oauth-scopes');
  return {
    ...{ is: 'good', team, bot: user, serverMs: Number.isNaN(at) ? null : at },
    scopes: scopes === null ? null : scopes.split(',').map((scope) => scope.trim()),
  };
}

/** `ask` returns Slack's word for a no, or undefined. */
async function said(ask: () => Promise<string | undefined>): Promise<SlackSays> {
  try {
    const no = await ask();
    return no === undefined ? { is: 'yes' } : { is: 'no', code: no };
  } catch (error) {
    const { fault, code } = slackRefused(error);
    if (fault === 'unavailable' || fault === 'rate-limited') return { is: 'unknown', why: `Slack: ${code}` };
    return { is: 'no', code };
  }
}
