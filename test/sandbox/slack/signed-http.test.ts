import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACK_DEADLINE_MS } from '../../../sandbox/slack/delivery/delivery.ts';
import { signature } from '../../../sandbox/slack/delivery/signed-http.ts';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { clientOf, freePort, httpApp, OPS, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
let port: number;
let app: App | undefined;

beforeEach(async () => {
  port = await freePort();
  slack = await startSlack({ delivery: deliveryTo(port) });
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  await slack.close();
});

const deliveryTo = (where: number) => ({ mode: 'http', requestUrl: `http://127.0.0.1:${where}/slack/events` }) as const;

const approve = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' } }],
} as const;

describe('a bot with signed HTTP requests', () => {
  it('receives commands and clicks, and its answers are shown', async () => {
    app = httpApp(slack);
    app.command('/registry-ha', ({ ack, command }) =>
      ack({ response_type: 'in_channel', text: `heard ${command.text}` }),
    );
    app.action('approve', async ({ ack, respond }) => {
      await ack();
      await respond('approved');
    });
    await app.start({ port, host: '127.0.0.1' });
    await slack.command('alice', '/registry-ha add node-2 & co');
    expect(slack.messages().map(({ author, text, ephemeralFor }) => [author.name, text, ephemeralFor])).toEqual([
      ['alice', '/registry-ha add node-2 & co', undefined],
      ['registry-ha', 'heard add node-2 &amp; co', undefined],
    ]);
    await clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'plan', blocks: [approve] });
    await slack.click('bob', 'Approve');
    await expect.poll(() => slack.messages().at(-1)).toMatchObject({ text: 'approved', ephemeralFor: 'U0BOB' });
  });

  it('rejects requests signed with another secret, and the person sees the failure', async () => {
    app = httpApp(slack, 'another secret');
    app.command('/registry-ha', ({ ack }) => ack());
    await app.start({ port, host: '127.0.0.1' });
    await expect(slack.command('alice', '/registry-ha help')).rejects.toThrow('dispatch_failed');
    expect(slack.messages()).toMatchObject([{ author: { name: 'Slackbot' }, ephemeralFor: 'U0ALICE' }]);
  });

  it('has three seconds to answer', async () => {
    await slack.close();
    slack = await startSlack({ delivery: deliveryTo(port), ackLimitMs: ACK_DEADLINE_MS });
    app = httpApp(slack);
    app.command('/registry-ha', () => Promise.resolve());
    await app.start({ port, host: '127.0.0.1' });
    await expect(slack.command('alice', '/registry-ha help')).rejects.toThrow('operation_timeout');
    expect(slack.messages()).toMatchObject([{ text: '/registry-ha failed with the error "operation_timeout"' }]);
  });

  it('causes a visible failure when it is down', async () => {
    await clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'plan', blocks: [approve] });
    await expect(slack.click('bob', 'Approve')).rejects.toThrow('dispatch_failed');
  });
});

it('verifies the signature of Slack’s published example', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
    '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
    '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  expect(signature('8f742231b10e8888abcd99yyyzzz85a5', '1531420618', body)).toBe(
    'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  );
});
