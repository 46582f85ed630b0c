import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { slackSite } from '../../../src/slack/api/site.ts';
import { freePort } from '../../fixtures/redis.ts';
import { ALICE, BOB, OPS, startSlack } from '../../sandbox/slack/slack-for-tests.ts';

const { signal } = new AbortController();
let slack: LocalSlack;
beforeAll(async () => {
  slack = await startSlack({ people: [ALICE, BOB], moreScopes: ['channels:read', 'users:read'] });
});
afterAll(() => slack.close());

const site = (more: { readonly botToken?: string; readonly appToken?: string; readonly slackApiUrl?: string } = {}) =>
  slackSite({ botToken: slack.botToken, appToken: slack.appToken, slackApiUrl: slack.apiUrl, ...more });

describe('a Slack workspace, as a doctor sees it', () => {
  it('shows the scopes of the token, and its own time', async () => {
    const seen = await site().token(signal);
    expect(seen).toMatchObject({
      is: 'good',
      scopes: expect.arrayContaining(['commands', 'chat:write', 'users:read']),
    });
    expect(seen.is === 'good' ? Math.abs((seen.serverMs ?? 0) - Date.now()) : Number.NaN).toBeLessThan(60_000);
  });

  it('says which token it rejects', async () => {
    expect(await site({ botToken: 'xoxb-of-nobody' }).token(signal)).toEqual({ is: 'refused', code: 'invalid_auth' });
    expect(await site().appToken(signal)).toEqual({ is: 'yes' });
    expect(await site({ appToken: slack.botToken }).appToken(signal)).toEqual({
      is: 'no',
      code: 'not_allowed_token_type',
    });
  });

  it('that is away is neither good nor a refusal', async () => {
    const slackApiUrl = `http://127.0.0.1:${await freePort()}/api/`;
    expect(await site({ slackApiUrl }).token(signal)).toEqual({ is: 'silent', why: 'ECONNREFUSED' });
    expect(await site({ slackApiUrl }).appToken(signal)).toMatchObject({ is: 'unknown' });
    slack.fault('slack-5xx', ['auth.test']);
    expect(await site().token(signal)).toEqual({ is: 'silent', why: 'status 503' });
    slack.clearFault('slack-5xx');
  });

  it('knows channels and people, and whether the bot is in a channel', async () => {
    const { id } = OPS;
    expect(await site().isIn(id, signal)).toEqual({ is: 'yes' });
    slack.fault('slack-not-in-channel', []);
    expect(await site().isIn(id, signal)).toEqual({ is: 'no', code: 'not_in_channel' });
    slack.clearFault('slack-not-in-channel');
    expect(await site().isIn('C0NOBODY', signal)).toEqual({ is: 'no', code: 'channel_not_found' });
    expect(await site().hasPerson(ALICE.id, signal)).toEqual({ is: 'yes' });
    expect(await site().hasPerson('U0NOBODY', signal)).toEqual({ is: 'no', code: 'user_not_found' });
  });

  it('of a token without the scopes says which answer it could not give', async () => {
    const bare = await startSlack({ people: [ALICE] });
    const { botToken, apiUrl: slackApiUrl } = bare;
    expect(await site({ botToken, slackApiUrl }).hasPerson(ALICE.id, signal)).toEqual({
      is: 'no',
      code: 'missing_scope',
    });
    await bare.close();
  });
});
