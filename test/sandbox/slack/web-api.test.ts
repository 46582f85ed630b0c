import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { clientOf, MALLORY, OPS, refusalOf, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.close());

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const;

describe('a card', () => {
  it('is posted, replaced as a whole, and has a permalink', async () => {
    const { chat } = clientOf(slack);
    const { ts = '' } = await chat.postMessage({ channel: OPS.id, text: 'plan', blocks: [section('one')] });
    await chat.update({ channel: OPS.id, ts, text: 'done', blocks: [section('two')] });
    const [card] = slack.messages();
    expect(card).toMatchObject({ text: 'done', edits: 1, author: { name: 'registry-ha', isBot: true } });
    expect(card?.blocks).toMatchObject([section('two')]);
    expect(card?.editedAt).toBeUndefined();
    const { permalink } = await chat.getPermalink({ channel: OPS.id, message_ts: ts });
    expect(permalink).toContain(`/archives/${OPS.id}/p${ts.replace('.', '')}`);
  });

  it('loses its blocks with a text-only update, and is marked as edited', async () => {
    const { chat } = clientOf(slack);
    const { ts = '' } = await chat.postMessage({ channel: OPS.id, text: 'plan', blocks: [section('one')] });
    await chat.update({ channel: OPS.id, ts, text: 'gone' });
    expect(slack.messages()[0]).toMatchObject({ text: 'gone', blocks: [] });
    expect(slack.messages()[0]?.editedAt).toBeDefined();
  });

  it('has a thread, and a broadcast failure is shown in the channel', async () => {
    const { chat } = clientOf(slack);
    const { ts = '' } = await chat.postMessage({ channel: OPS.id, text: 'plan' });
    await chat.postMessage({ channel: OPS.id, text: 'step', thread_ts: ts });
    await chat.postMessage({ channel: OPS.id, text: 'failed', thread_ts: ts, reply_broadcast: true });
    expect(slack.messages().map(({ threadTs, broadcast }) => [threadTs, broadcast])).toEqual([
      [undefined, undefined],
      [ts, undefined],
      [ts, true],
    ]);
  });
});

describe('a bot’s mistake gets the real Slack’s error', () => {
  const post = (args: object) => clientOf(slack).apiCall('chat.postMessage', { channel: OPS.id, text: 'x', ...args });
  const update = (args: object) => clientOf(slack).apiCall('chat.update', { channel: OPS.id, text: 'x', ...args });

  it.each([
    ['a channel that is not there', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['a channel the bot is not in', { channel: 'C0RANDOM' }, 'not_in_channel'],
    ['nothing to say', { text: '' }, 'no_text'],
    ['blocks that are no list', { blocks: '{}' }, 'invalid_blocks_format'],
    ['blocks that are no JSON', { blocks: '[' }, 'invalid_blocks_format'],
    ['a thread of nothing', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['metadata that is none', { metadata: { event_type: 'x' } }, 'invalid_metadata_schema'],
    ['an argument that would be ignored here', { username: 'x' }, 'invalid_arguments'],
  ])('chat.postMessage: %s', async (_name, args, error) => {
    expect((await refusalOf(post(args))).error).toBe(error);
    expect(slack.messages()).toEqual([]);
  });

  it('chat.postMessage: blocks too long in total', async () => {
    const blocks = Array.from({ length: 5 }, () => section('x'.repeat(2900)));
    expect((await refusalOf(post({ blocks }))).error).toBe('msg_blocks_too_long');
  });

  it('chat.postMessage: invalid blocks, with the place in each message', async () => {
    const { error, messages } = await refusalOf(post({ blocks: [section('x'.repeat(3001)), { type: 'zzz' }] }));
    expect(error).toBe('invalid_blocks');
    expect(messages).toEqual([
      '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
      '[ERROR] unsupported type: zzz [json-pointer:/blocks/1/type]',
    ]);
  });

  it('chat.postMessage: a reply to a reply', async () => {
    await post({});
    await post({ thread_ts: slack.messages()[0]?.ts });
    expect((await refusalOf(post({ thread_ts: slack.messages()[1]?.ts }))).error).toBe('cannot_reply_to_message');
  });

  it('chat.update: a message that is missing, ephemeral, by another author, or too long', async () => {
    expect((await refusalOf(update({ ts: '1.000001' }))).error).toBe('message_not_found');
    const { message_ts } = await clientOf(slack).chat.postEphemeral({ channel: OPS.id, user: MALLORY.id, text: 'x' });
    expect((await refusalOf(update({ ts: message_ts }))).error).toBe('message_not_found');
    await slack.command('alice', 'hello');
    expect((await refusalOf(update({ ts: slack.messages()[1]?.ts }))).error).toBe('cant_update_message');
    await post({});
    expect((await refusalOf(update({ ts: slack.messages().at(-1)?.ts, text: 'x'.repeat(4001) }))).error).toBe(
      'msg_too_long',
    );
  });

  it('chat.postEphemeral: to a person outside the channel', async () => {
    const call = clientOf(slack).chat.postEphemeral({ channel: OPS.id, user: 'U0NOBODY', text: 'x' });
    expect((await refusalOf(call)).error).toBe('user_not_in_channel');
  });

  it('an unknown method', async () => {
    expect((await refusalOf(clientOf(slack).apiCall('chat.shout', {}))).error).toBe('unknown_method');
  });

  it('a wrong token, no token, and a token of the other kind', async () => {
    expect((await refusalOf(clientOf(slack, 'xoxb-wrong').auth.test())).error).toBe('invalid_auth');
    expect((await refusalOf(clientOf(slack, slack.botToken).apps.connections.open())).error).toBe(
      'not_allowed_token_type',
    );
    const answer = await fetch(`${slack.apiUrl}auth.test`, { method: 'POST' });
    expect(await answer.json()).toEqual({ ok: false, error: 'not_authed' });
  });

  it('user groups on a free plan, and unknown groups', async () => {
    const paid = await startSlack({ moreScopes: ['usergroups:read'] });
    const client = clientOf(paid);
    const { usergroups = [] } = await client.usergroups.list();
    expect(usergroups.map(({ id, user_count: count }) => [id, count])).toEqual([
      ['S0OPERATORS', 1],
      ['S0APPROVERS', 1],
    ]);
    expect((await refusalOf(client.usergroups.users.list({ usergroup: 'S0NOBODY' }))).error).toBe('no_such_subteam');
    paid.fault('slack-free-plan', []);
    expect((await refusalOf(client.usergroups.list())).error).toBe('plan_upgrade_required');
    expect((await refusalOf(client.usergroups.users.list({ usergroup: 'S0APPROVERS' }))).error).toBe(
      'plan_upgrade_required',
    );
    await paid.close();
  });

  it('a method without its scope in the manifest', async () => {
    const call = fetch(`${slack.apiUrl}usergroups.list`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await (await call).json()).toEqual({
      ok: false,
      error: 'missing_scope',
      needed: 'usergroups:read',
      provided: 'commands,chat:write',
    });
    for (const [method, args] of [
      ['users.info', { user: MALLORY.id }],
      ['conversations.info', { channel: OPS.id }],
    ] as const) {
      expect((await refusalOf(clientOf(slack).apiCall(method, args))).error).toBe('missing_scope');
    }
  });
});

it('accepts JSON and forms alike', async () => {
  const post = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ channel: OPS.id, blocks: [section('one')] }),
  });
  expect(await post.json()).toMatchObject({ ok: true, channel: OPS.id });
  expect(slack.messages()[0]?.blocks).toMatchObject([section('one')]);
});

it('records the bot’s calls', async () => {
  await clientOf(slack).auth.test();
  await refusalOf(clientOf(slack).chat.postMessage({ channel: 'C0NOWHERE', text: 'x' }));
  expect(slack.apiCalls().map(({ method, ok, error }) => [method, ok, error])).toEqual([
    ['auth.test', true, undefined],
    ['chat.postMessage', false, 'channel_not_found'],
  ]);
});
