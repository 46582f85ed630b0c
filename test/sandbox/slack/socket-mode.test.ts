import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACK_DEADLINE_MS } from '../../../sandbox/slack/delivery/delivery.ts';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { BOB, CARD, clientOf, eventually, OPS, socketApp, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
const apps: App[] = [];

beforeEach(async () => {
  slack = await startSlack();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop()));
  await slack.close();
});

async function started(app: App): Promise<App> {
  apps.push(app);
  await app.start();
  return app;
}

describe('a command of an operator', () => {
  it('reaches the bot, and only the asker sees the answer in the acknowledgement', async () => {
    const app = socketApp(slack);
    const heard: unknown[] = [];
    app.command('/registry-ha', async ({ command, ack }) => {
      heard.push(command);
      await ack({ text: `heard ${command.text}` });
    });
    await started(app);
    await slack.command('alice', '/registry-ha add node-2 @bob');
    expect(heard).toMatchObject([
      {
        command: '/registry-ha',
        text: 'add node-2 <@U0BOB|bob>',
        user_id: 'U0ALICE',
        user_name: 'alice',
        channel_id: OPS.id,
        channel_name: 'ops',
        team_id: 'T0SANDBOX',
        is_enterprise_install: 'false',
      },
    ]);
    expect(slack.messages()).toMatchObject([{ text: 'heard add node-2 <@U0BOB|bob>', ephemeralFor: 'U0ALICE' }]);
  });

  it('shows nothing when the bot only acknowledges', async () => {
    const app = socketApp(slack);
    app.command('/registry-ha', ({ ack }) => ack());
    await started(app);
    await slack.command('alice', '/registry-ha help');
    expect(slack.messages()).toEqual([]);
  });

  it('fails visibly when no bot is connected, and when the command does not exist', async () => {
    await expect(slack.command('alice', '/registry-ha help')).rejects.toThrow('dispatch_failed');
    await expect(slack.command('alice', '/nope')).rejects.toThrow('/nope is not a valid command.');
    expect(slack.messages()).toMatchObject([
      {
        author: { name: 'Slackbot' },
        ephemeralFor: 'U0ALICE',
        text: '/registry-ha failed with the error "dispatch_failed"',
      },
      { author: { name: 'Slackbot' }, ephemeralFor: 'U0ALICE', text: '/nope is not a valid command.' },
    ]);
  });

  it('fails visibly after three seconds when the bot does not acknowledge', async () => {
    await slack.close();
    slack = await startSlack({ ackLimitMs: ACK_DEADLINE_MS });
    const app = socketApp(slack);
    app.command('/registry-ha', () => Promise.resolve());
    await started(app);
    const before = Date.now();
    await expect(slack.command('bob', '/registry-ha help')).rejects.toThrow('dispatch_failed');
    expect(Date.now() - before).toBeGreaterThanOrEqual(2950);
    expect(slack.messages()).toMatchObject([{ text: '/registry-ha failed with the error "dispatch_failed"' }]);
  });

  it('fails visibly when the answer in the acknowledgement is not valid', async () => {
    const app = socketApp(slack);
    app.command('/registry-ha', ({ ack }) => ack({ text: 'x', blocks: [{ type: 'section' }] }));
    await started(app);
    await expect(slack.command('bob', '/registry-ha help')).rejects.toThrow('invalid_command_response');
  });
});

describe('a click of an approver', () => {
  it('shows the bot who decided what, and where', async () => {
    const app = socketApp(slack);
    const bodies: unknown[] = [];
    app.action('approve', async ({ ack, body, respond }) => {
      await ack();
      bodies.push(body);
      await respond({ replace_original: true, text: 'approved' });
    });
    await started(app);
    const { ts } = await clientOf(slack).chat.postMessage(CARD);
    await slack.click('bob', ' approve');
    await eventually(() => slack.messages().find(({ text }) => text === 'approved'));
    expect(bodies).toMatchObject([
      {
        type: 'block_actions',
        user: { id: BOB.id, username: 'bob', name: 'bob', team_id: 'T0SANDBOX' },
        team: { id: 'T0SANDBOX' },
        channel: OPS,
        container: { type: 'message', message_ts: ts, channel_id: OPS.id, is_ephemeral: false },
        message: { ts, blocks: [{ block_id: 'decision' }] },
        actions: [{ type: 'button', action_id: 'approve', block_id: 'decision', value: 'change-1' }],
        api_app_id: 'A0SANDBOX',
      },
    ]);
  });

  it('can open one modal, within three seconds', async () => {
    const app = socketApp(slack);
    const outcomes: unknown[] = [];
    const title = { type: 'plain_text', text: 'Why not?' } as const;
    app.action('approve', async ({ ack, body, client }) => {
      await ack();
      const open = () =>
        client.views.open({
          trigger_id: 'trigger_id' in body ? body.trigger_id : '',
          view: { type: 'modal', title, blocks: [] },
        });
      outcomes.push((await open()).ok);
      outcomes.push(await open().catch((error: unknown) => String(error)));
    });
    await started(app);
    await clientOf(slack).chat.postMessage(CARD);
    await slack.click('bob', 'Approve');
    await eventually(() => outcomes[1]);
    expect(outcomes).toEqual([true, expect.stringContaining('exchanged_trigger_id')]);
  });

  it('lists the buttons for a wrong label, and none if the message is for another person', async () => {
    await clientOf(slack).chat.postMessage(CARD);
    await expect(slack.click('bob', 'Aprove')).rejects.toThrow('There is no button "Aprove". Buttons: Approve, Deny.');
    await clientOf(slack).chat.postEphemeral({
      ...CARD,
      user: BOB.id,
      blocks: [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Mine' } }] }],
    });
    await expect(slack.click('mallory', 'Mine')).rejects.toThrow('There is no button "Mine"');
  });

  it('applies to the newest message with the button', async () => {
    const app = socketApp(slack);
    const clicked: unknown[] = [];
    app.action('approve', async ({ ack, body }) => {
      await ack();
      clicked.push('container' in body ? body.container.message_ts : undefined);
    });
    await started(app);
    await clientOf(slack).chat.postMessage(CARD);
    const { ts } = await clientOf(slack).chat.postMessage(CARD);
    await clientOf(slack).chat.postMessage({ channel: OPS.id, text: 'newer, without buttons' });
    await slack.click('bob', 'Approve');
    expect(clicked).toEqual([ts]);
  });

  it('is rejected if the message has changed', async () => {
    const { ts = '' } = await clientOf(slack).chat.postMessage(CARD);
    await clientOf(slack).chat.update({ channel: OPS.id, ts, text: 'decided' });
    await expect(slack.clickAction('bob', ts, 'decision', 'approve')).rejects.toThrow('the button is gone');
  });
});
