import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateBlocks } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import { clean } from '../../../src/domain/text/printable.ts';
import { typed } from '../../../src/slack/inbox/typed.ts';
import { context, section, wholeList } from '../../../src/slack/text/blocks.ts';
import { cut, cutStart, fitLines } from '../../../src/slack/text/fit.ts';
import { code, escaped } from '../../../src/slack/text/foreign-text.ts';
import { person } from '../../../src/slack/text/names.ts';

describe('the text of a slash command', () => {
  it.each([
    ['add node-2', 'add node-2'],
    ['add <http://node-2.example|node-2.example>', 'add node-2.example'],
    ['add <http://node-2>', 'add http://node-2'],
    ['add <@U0ALICE|alice>', 'add @alice'],
    ['add <@U0ALICE>', 'add @U0ALICE'],
    ['add <#C0OPS|ops>', 'add #ops'],
    ['add <!here>', 'add @here'],
    ['add node-2 --reason "a &lt;b&gt; &amp;amp; c"', 'add node-2 --reason "a <b> &amp; c"'],
  ])('is read as typed, without turning a mention into a node: %s', (sent, expected) => {
    expect(typed(sent)).toBe(expected);
  });
});

describe('text from outside', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['a\u202etxt.exe', 'atxt.exe'],
    ['one\r\ntwo\rthree\u2028four', 'one\ntwo\nthree\nfour'],
    ['zero\u200bwidth\u0000', 'zerowidth'],
    ['half \ud83d', 'half \ufffd'],
  ])('cannot colour, reorder or hide the text around it: %j', (foreign, expected) => {
    expect(clean(foreign)).toBe(expected);
  });

  it('cannot make a mention, link or date anywhere', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '!', '@', '`', 'a', '\u001b', '\n') }),
        (foreign) => {
          expect(`${escaped(foreign)}${code(foreign)}`).not.toMatch(/[<>]/);
          expect(code(foreign).slice(1, -1)).not.toContain('`');
        },
      ),
    );
  });

  it('makes a mention only of a valid Slack ID', () => {
    expect(person({ id: 'U0ALICE', name: 'alice' })).toBe('<@U0ALICE>');
    expect(person({ id: '!channel', name: '<!channel>' })).toBe('&lt;!channel&gt;');
  });
});

describe('a text that is too long', () => {
  it('is cut without breaking characters, entities or mentions', () => {
    expect(cut('fish &amp; chips', 8)).toBe('fish …');
    expect(cut('by <@U0ALICE> and', 10)).toBe('by …');
    expect(cut('ab😀cd', 4)).toBe('ab…');
    expect(cut('short', 5)).toBe('short');
  });

  it('stays within its limit, without half characters or entities', () => {
    const piece = fc.constantFrom('&amp;', '&lt;', '<@U0ALICE>', '😀', 'a', ' ');
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 40 }), (pieces, limit) => {
        const result = cut(pieces.join(''), limit);
        expect(result.length).toBeLessThanOrEqual(limit);
        expect(result.isWellFormed()).toBe(true);
        expect(result.replaceAll(/&amp;|&lt;|<@U0ALICE>/g, '')).not.toMatch(/[&<>]/);
      }),
    );
  });

  it('keeps its end if the end has the error', () => {
    expect(cutStart('fish &amp; chips', 11)).toBe('… chips');
    expect(cutStart('fish &amp; chips', 14)).toBe('…h &amp; chips');
    expect(cutStart('fish &amp; chips', 12)).toBe('…&amp; chips');
    expect(cutStart('ab😀cd', 4)).toBe('…cd');
    expect(cutStart('a;b', 3)).toBe('a;b');
    expect(cutStart('&lt', 3)).toBe('&lt');
  });

  it('says how many lines it leaves out', () => {
    expect(fitLines(['one', 'two', 'three'], { lines: 2, characters: 100 })).toEqual(['one', 'two', '… and 1 more']);
    expect(fitLines(['one', 'two'], { lines: 2, characters: 100 })).toEqual(['one', 'two']);
    const lines = Array.from({ length: 50 }, (_, n) => `line ${n} ${'x'.repeat(500)}`);
    const fitted = fitLines(lines, { lines: 40, characters: 1000 });
    expect(fitted.join('\n').length).toBeLessThanOrEqual(1000);
    expect(fitted.at(-1)).toBe(`… and ${50 - (fitted.length - 1)} more`);
    expect(fitted.length).toBeGreaterThan(2);
  });
});

it('every block that is cut to its limit is one that Slack takes', () => {
  const long = 'word '.repeat(2_000);
  for (const block of [section(long), context(long), ...wholeList(long, [long, long])])
    expect(validateBlocks('message', [block])).toEqual([]);
});
