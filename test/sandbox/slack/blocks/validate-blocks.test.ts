import { describe, expect, it } from 'vitest';
import { BLOCKS_CHARACTERS, blocksTooLong, validateBlocks } from '../../../../sandbox/slack/blocks/validate-blocks.ts';
import { actions, button, dialog, line, many, option, plain, plan, rich, task, words } from './drawn-blocks.ts';
import { INVALID_OTHER_BLOCKS } from './invalid-other-blocks.ts';
import { INVALID_PLAIN_BLOCKS } from './invalid-plain-blocks.ts';

describe('rejects a message that Slack would reject, with the place of the error', () => {
  it.each([...INVALID_PLAIN_BLOCKS, ...INVALID_OTHER_BLOCKS])('%s', (_name, blocks, pointer, says) => {
    expect(validateBlocks('message', blocks)).toContainEqual({ pointer, says });
  });
});

describe('accepts what Slack accepts', () => {
  const message = [
    { type: 'header', block_id: 'h', text: plain('Change') },
    { type: 'section', text: words('*add* node-2'), accessory: button({ action_id: 'open', confirm: dialog }) },
    { type: 'section', fields: [words('a'), plain('b')] },
    plan(
      task({ details: rich(line('copying')), status: 'in_progress' }),
      task({
        task_id: '2',
        status: 'complete',
        output: rich({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'ok' }] }),
      }),
      task({ task_id: '3', status: 'error', sources: [{ type: 'url', url: 'https://a.example', text: 'why' }] }),
    ),
    {
      type: 'context',
      elements: [words('by <@U0BOB>'), { type: 'image', image_url: 'https://a.example/a.png', alt_text: 'a' }],
    },
    { type: 'divider' },
    {
      type: 'table',
      rows: [[{ type: 'raw_text', text: 'node' }, { type: 'raw_number', value: 1, text: '1' }, rich(line('x'))]],
    },
    { type: 'card', title: words('Card'), actions: [button({ style: 'danger' })] },
    { type: 'markdown', text: '# hey' },
    rich(
      { type: 'rich_text_list', style: 'ordered', elements: [line('one')], indent: 1 },
      { type: 'rich_text_quote', elements: [{ type: 'user', user_id: 'U0BOB' }] },
    ),
    actions(button({ action_id: 'a', style: 'primary' }), { type: 'overflow', action_id: 'b', options: [option('x')] }),
  ];

  it('a message with every block the bot may draw', () => {
    expect(validateBlocks('message', message)).toEqual([]);
  });

  it('task cards without a plan', () => {
    expect(validateBlocks('message', [task(), task({ task_id: '2' })])).toEqual([]);
  });

  it('an input and an alert in a modal', () => {
    const field = { type: 'input', label: plain('Why'), element: { type: 'plain_text_input', multiline: true } };
    expect(validateBlocks('modal', [field, { type: 'alert', text: words('x'), level: 'warning' }])).toEqual([]);
  });
});

describe('accepts only the blocks of a surface', () => {
  it.each(['plan', 'table', 'markdown', 'task_card', 'card'])('no %s in a modal', (type) => {
    expect(validateBlocks('modal', [{ type }])).toContainEqual({
      pointer: '/view/blocks/0/type',
      says: `unsupported type: ${type}`,
    });
  });

  it.each(['plan', 'table', 'markdown', 'task_card', 'alert'])('no %s on the home tab', (type) => {
    expect(validateBlocks('home', [{ type }])[0]?.says).toBe(`unsupported type: ${type}`);
  });
});

it('rejects a message that is too long in total, although each block is short enough', () => {
  const frame = JSON.stringify([{ type: 'section', text: words('') }]).length;
  const blocks = (extra: number) => [
    ...many(4, () => ({ type: 'section', text: words('x'.repeat(3000)) })),
    { type: 'section', text: words('x'.repeat(BLOCKS_CHARACTERS - 12_000 - 5 * (frame - 2) - 6 + extra)) },
  ];
  expect(JSON.stringify(blocks(0))).toHaveLength(BLOCKS_CHARACTERS);
  expect(validateBlocks('message', blocks(1))).toEqual([]);
  expect(blocksTooLong(blocks(0))).toBe(false);
  expect(blocksTooLong(blocks(1))).toBe(true);
});
