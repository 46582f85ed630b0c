import type { App, types } from '@slack/bolt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/local-slack.ts';
import { clientOf, eventually, refusalOf, socketApp, startSlack } from './slack-for-tests.ts';

let slack: LocalSlack;
let app: App;
let now: number;

beforeEach(async () => {
  now = Date.now();
  slack = await startSlack({ now: () => now });
  app = socketApp(slack);
});
afterEach(async () => {
  await app.stop();
  await slack.close();
});

const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const MODAL: types.ModalView = {
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Send'),
  blocks: [
    {
      type: 'input',
      block_id: 'colour',
      dispatch_action: true,
      label: plain('Colour'),
      element: {
        type: 'static_select',
        action_id: 'colour',
        options: [
          { text: plain('Red'), value: 'r' },
          { text: plain('Blue'), value: 'b' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'why',
      optional: true,
      label: plain('Why'),
      element: { type: 'plain_text_input', action_id: 'why', max_length: 5 },
    },
  ],
};

/** Opens the modal for alice; returns its ID and hash. */
async function opened(view = MODAL): Promise<{ readonly id: string; readonly hash: string }> {
  const given: { readonly id: string; readonly hash: string }[] = [];
  app.command('/registry-ha', async ({ ack, command, client }) => {
    await ack();
    const { view: shown } = await client.views.open({ trigger_id: command.trigger_id, view });
    given.push({ id: shown?.id ?? '', hash: shown?.hash ?? '' });
  });
  await app.start();
  await slack.command('alice', '/registry-ha');
  return await eventually(() => given[0]);
}

const newest = () => slack.modals().at(-1);

test('a submission has every input, and closes the modal when it is acknowledged', async () => {
  const values: unknown[] = [];
  app.view('form', async ({ ack, view }) => {
    values.push(view.state.values);
    await ack();
  });
  app.action('colour', ({ ack }) => ack());
  await opened();
  await slack.submit('alice');
  expect(newest()?.errors).toEqual({ colour: 'Please complete this required field.' });
  expect(values).toEqual([]);
  await slack.fill('alice', 'Colour', 'blue');
  await slack.submit('alice');
  expect(values).toMatchObject([
    {
      colour: { colour: { type: 'static_select', selected_option: { value: 'b' } } },
      why: { why: { type: 'plain_text_input', value: null } },
    },
  ]);
  await expect(slack.submit('alice')).rejects.toThrow('alice has no open modal.');
});

test.each([
  [{ why: 'Too short.' }, { why: 'Too short.' }],
  [{ elsewhere: 'No.' }, { '': 'We had some trouble connecting. Try again?' }],
])('errors %j for the blocks of the view are shown, and the modal stays open', async (errors, shown) => {
  app.view('form', ({ ack }) => ack({ response_action: 'errors', errors: { ...errors } }));
  app.action('colour', ({ ack }) => ack());
  await opened();
  await slack.fill('alice', 'Colour', 'Red');
  await slack.submit('alice');
  expect(newest()?.errors).toEqual(shown);
  await slack.fill('alice', 'Why', 'since');
});

test('people enter only what the client lets them enter', async () => {
  await opened();
  await expect(slack.fill('alice', 'Colour', 'green')).rejects.toThrow(
    'There is no option "green". Options: Red, Blue.',
  );
  await expect(slack.fill('alice', 'Why', 'longer')).rejects.toThrow('at most 5 characters');
  await expect(slack.fill('alice', 'Size', '1')).rejects.toThrow('no field "Size". Fields: Colour, Why.');
  await expect(slack.fill('mallory', 'Why', '1')).rejects.toThrow('mallory has no open modal.');
});

test('a choice reaches the bot without a response_url, and an update keeps what was entered in the same input', async () => {
  const bodies: unknown[] = [];
  app.action('colour', async ({ ack, body }) => {
    bodies.push(body);
    await ack();
  });
  const { id, hash } = await opened();
  await slack.fill('alice', 'Why', 'since');
  await slack.fill('alice', 'Colour', 'Red');
  expect(bodies).toMatchObject([{ type: 'block_actions', view: { id, hash }, container: { type: 'view' } }]);
  expect(bodies[0]).not.toHaveProperty('response_url');
  const client = clientOf(slack);
  const [, why] = MODAL.blocks;
  if (why === undefined) throw new Error('There is a second block.');
  await client.views.update({ view_id: id, hash, view: { ...MODAL, blocks: [why] } });
  expect(newest()).toMatchObject({
    view: { blocks: [{ block_id: 'why' }] },
    values: { why: { why: { value: 'since' } } },
  });
  expect(await refusalOf(client.views.update({ view_id: id, hash, view: MODAL }))).toMatchObject({
    error: 'hash_conflict',
  });
  expect(await refusalOf(client.views.update({ view_id: 'V1', view: MODAL }))).toMatchObject({ error: 'not_found' });
});
