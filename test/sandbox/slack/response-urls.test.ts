import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';
import { clientOf, OPS, refusalOf, socketApp, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
let now = 1_800_000_000_000;
let stop: () => Promise<unknown>;
let url = '';
let trigger = '';

beforeEach(async () => {
  slack = await startSlack({ now: () => now });
  const app = socketApp(slack);
  app.command('/registry-ha', async ({ ack, command }) => {
    url = command.response_url;
    trigger = command.trigger_id;
    await ack();
  });
  app.action('approve', async ({ ack, body }) => {
    if ('response_url' in body) url = body.response_url;
    await ack();
  });
  await app.start();
  stop = () => app.stop();
});
afterEach(async () => {
  await stop();
  await slack.close();
});

const reply = (body: object) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const card = {
  channel: OPS.id,
  text: 'plan',
  blocks: [
    {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' } }],
    },
  ],
} as const;

it('shows an answer only to the asker by default', async () => {
  await slack.command('alice', '/registry-ha help');
  expect((await reply({ text: 'for you' })).status).toBe(200);
  await reply({ text: 'for all', response_type: 'in_channel' });
  expect(slack.messages().map(({ text, ephemeralFor }) => [text, ephemeralFor])).toEqual([
    ['for you', 'U0ALICE'],
    ['for all', undefined],
  ]);
});

it('replaces no answer to a command, but posts another', async () => {
  await slack.command('alice', '/registry-ha help');
  await reply({ text: 'first' });
  expect((await reply({ text: 'second', replace_original: true })).status).toBe(200);
  expect(slack.messages()).toMatchObject([
    { text: 'first', edits: 0, ephemeralFor: 'U0ALICE' },
    { text: 'second', edits: 0, ephemeralFor: 'U0ALICE' },
  ]);
});

it('rejects the sixth use', async () => {
  await slack.command('alice', '/registry-ha help');
  for (let i = 1; i <= 5; i += 1) expect((await reply({ text: `${i}` })).status).toBe(200);
  const sixth = await reply({ text: '6' });
  expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
  expect(slack.messages()).toHaveLength(5);
});

it('expires after thirty minutes', async () => {
  await slack.command('alice', '/registry-ha help');
  now += 30 * 60_000 + 1;
  const late = await reply({ text: 'late' });
  expect([late.status, await late.json()]).toEqual([404, { ok: false, error: 'expired_url' }]);
});

it('can replace or delete the clicked message', async () => {
  const { ts } = await clientOf(slack).chat.postMessage(card);
  await slack.click('bob', 'Approve');
  await reply({ text: 'decided', replace_original: true });
  expect(slack.messages()).toMatchObject([{ ts, text: 'decided', blocks: [], edits: 1 }]);
  await reply({ delete_original: true });
  expect(slack.messages()).toEqual([]);
});

it('rejects an invalid answer, and counts it as a use', async () => {
  await slack.command('alice', '/registry-ha help');
  for (let i = 0; i < 5; i += 1) {
    const refused = await reply({ text: 'x', blocks: [{ type: 'section' }] });
    expect([refused.status, await refused.json()]).toEqual([400, { ok: false, error: 'invalid_blocks' }]);
  }
  expect((await reply({ text: 'x' })).status).toBe(404);
});

it('opens no modal after the time to acknowledge or with an unknown trigger', async () => {
  await slack.command('alice', '/registry-ha help');
  const open = (trigger_id: string) =>
    clientOf(slack).views.open({
      trigger_id,
      view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
    });
  now += PATIENCE_MS + 1;
  expect((await refusalOf(open(trigger))).error).toBe('expired_trigger_id');
  expect((await refusalOf(open('made.up'))).error).toBe('invalid_trigger_id');
});

it('reports the place of an error in a modal', async () => {
  await slack.command('alice', '/registry-ha help');
  const view = {
    type: 'modal',
    title: { type: 'plain_text', text: 'x'.repeat(25) },
    blocks: [{ type: 'plan', title: 'x' }],
  };
  const { error, messages } = await refusalOf(clientOf(slack).apiCall('views.open', { trigger_id: trigger, view }));
  expect(error).toBe('invalid_arguments');
  expect(messages).toContain('[ERROR] must be less than 25 characters [json-pointer:/view/title/text]');
});
