import { describe, expect, test } from 'vitest';
import { fittingCommands } from '../../../../sandbox/slack/page/composer/fitting-commands.ts';
import { recallNewer, recallOlder, remember } from '../../../../sandbox/slack/page/composer/recall.ts';
import { readState, UnreadableState } from '../../../../sandbox/slack/page/state/state.ts';
import { parseMarkdown } from '../../../../sandbox/slack/page/text/markdown.ts';
import { parseMrkdwn } from '../../../../sandbox/slack/page/text/mrkdwn.ts';
import { readRichText } from '../../../../sandbox/slack/page/text/rich-text.ts';
import type { Inline } from '../../../../sandbox/slack/page/text/text-tree.ts';

function inline(source: string): readonly Inline[] {
  const [first] = parseMrkdwn(source);
  return first?.is === 'paragraph' ? first.of : [];
}

const text = (words: string): Inline => ({ is: 'text', text: words });

describe('mrkdwn', () => {
  test.each([
    ['*bold*', { is: 'styled', style: 'bold', of: [text('bold')] }],
    ['_italic_', { is: 'styled', style: 'italic', of: [text('italic')] }],
    ['~gone~', { is: 'styled', style: 'strike', of: [text('gone')] }],
    ['`a &lt; *b*`', { is: 'code', text: 'a < *b*' }],
    ['<https://example.org|docs>', { is: 'link', url: 'https://example.org', of: [text('docs')] }],
    ['<@U1|alice>', { is: 'person', id: 'U1', label: 'alice' }],
    ['<!here>', { is: 'broadcast', source: '<!here>' }],
    [':lock:', { is: 'emoji', name: 'lock' }],
    ['✅', { is: 'emoji', name: 'white_check_mark' }],
    [':no_such_emoji:', text(':no_such_emoji:')],
    ['<!date^nonsense^{date}|once>', text('once')],
  ])('parses %s as Slack does', (source, expected) => {
    expect(inline(source)).toEqual([expected]);
  });

  test.each(['snake_case_name', '2*3*4', '<script>alert(1)</script>', '<javascript:alert(1)|x>', 'a:b:c', '* no *'])(
    'keeps %s as plain text',
    (source) => {
      expect(inline(source)).toEqual([text(source)]);
    },
  );

  test('parses fences, quotes and bullets to separate paragraphs', () => {
    const kinds = parseMrkdwn('before\n```\n*raw*\n```\n> said\n• one\n• two').map((part) => part.is);
    expect(kinds).toEqual(['paragraph', 'preformatted', 'quote', 'list']);
  });
});

test('parses headings, lists, fences and double-star bold in Markdown', () => {
  const parts = parseMarkdown('# Failure\n\n1. **one**\n2. two\n\n```sh\nls *\n```');
  expect(parts).toEqual([
    { is: 'heading', of: [text('Failure')] },
    {
      is: 'list',
      ordered: true,
      indent: 0,
      items: [[{ is: 'styled', style: 'bold', of: [text('one')] }], [text('two')]],
    },
    { is: 'preformatted', text: 'ls *' },
  ]);
});

test('keeps the text of rich_text unchanged, and names an unknown element', () => {
  const elements = [{ type: 'text', text: '*not bold*', style: { bold: true } }, { type: 'hologram' }];
  expect(readRichText({ elements: [{ type: 'rich_text_section', elements }] })).toEqual([
    {
      is: 'paragraph',
      of: [
        { is: 'styled', style: 'bold', of: [text('*not bold*')] },
        { is: 'unknown', type: 'hologram' },
      ],
    },
  ]);
});

test('recalls sent texts with Up, and returns to an empty box with Down', () => {
  const recall = remember(remember({ sent: [], at: undefined }, 'one'), 'two');
  const back = recallOlder(recallOlder(recall).recall);
  expect(back.text).toBe('one');
  const forward = recallNewer(back.recall);
  expect(forward.text).toBe('two');
  expect(recallNewer(forward.recall).text).toBe('');
});

test('suggests a command by its prefix and while its arguments are typed', () => {
  const commands = [
    { command: '/registry-ha', description: '', usageHint: '' },
    { command: '/remind', description: '', usageHint: '' },
  ];
  const offered = (typed: string) => fittingCommands(commands, typed).map(({ command }) => command);
  expect(offered('/re')).toEqual(['/registry-ha', '/remind']);
  expect(offered('/registry-ha add')).toEqual(['/registry-ha']);
  expect(offered('registry')).toEqual([]);
});

test('rejects an invalid state and names what is missing', () => {
  expect(() => readState({ channel: { id: 'C1' } })).toThrow(UnreadableState);
});
