import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../../sandbox/cluster/ssh/words.ts';

describe('splitting a command line into words', () => {
  it.each([
    ['', []],
    ['  true  ', ['true']],
    ['cat -- /a/b', ['cat', '--', '/a/b']],
    ["cat 'a b'", ['cat', 'a b']],
    ["cat 'it'\\''s'", ['cat', "it's"]],
    ["''", ['']],
    ['a""b', ['ab']],
    ['"a b"\'c d\'e', ['a bc de']],
    ['"\\"\\\\\\x"', ['"\\\\x']],
    ['/PRODUCT.TXT\\;1', ['/PRODUCT.TXT;1']],
    ["'$(rm -rf /)' '`x`' '*' '~'", ['$(rm -rf /)', '`x`', '*', '~']],
    ["'a\nb'", ['a\nb']],
    ['env A=b=c x', ['env', 'A=b=c', 'x']],
    ['a#b a~b', ['a#b', 'a~b']],
    ['stat -c %s,%d x', ['stat', '-c', '%s,%d', 'x']],
  ])('%j', (line, words) => {
    expect(splitWords(line)).toEqual({ is: 'words', words });
  });

  it.each([
    'a | b',
    'a;b',
    'a&',
    'a > b',
    'a < b',
    'echo $HOME',
    'echo "$HOME"',
    'echo "`x`"',
    'a *',
    'a?',
    '[a]',
    '{a,b}',
    '(a)',
    '~/x',
    '#x',
    'a\nb',
  ])('rejects %j, which needs a shell', (line) => {
    expect(splitWords(line)).toMatchObject({
      is: 'refused',
      says: expect.stringContaining('syntax error near unexpected token'),
    });
  });

  it.each(["'a", '"a', 'a\\'])('rejects the unfinished %j', (line) => {
    expect(splitWords(line)).toMatchObject({ is: 'refused', says: expect.stringContaining('unexpected EOF') });
  });
});
