import { describe, expect, it } from 'vitest';
import { CommandFailed } from '../../../src/domain/answers/failure.ts';
import { sameSet } from '../../../src/domain/cluster/registry.ts';
import { isOlder, versionNumbers } from '../../../src/domain/cluster/version.ts';
import { command, render, shellQuote, withSudo } from '../../../src/domain/node-commands/command.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';
import { bytesInWords, count, listed, secondsInWords } from '../../../src/domain/text/format.ts';
import { nearest } from '../../../src/domain/text/nearest.ts';

describe('a command line', () => {
  it.each([
    ['plain-word_1.iso', 'plain-word_1.iso'],
    ['two words', "'two words'"],
    ["it's", `'it'\\''s'`],
    ['$(reboot)', "'$(reboot)'"],
    ['a;b', "'a;b'"],
    ['', "''"],
    ['line\nbreak', "'line\nbreak'"],
  ])('quotes %j as one harmless word for a shell', (word, quoted) => {
    expect(shellQuote(word)).toBe(quoted);
  });

  it('is shown exactly as it is sent, with sudo -n', () => {
    expect(render(withSudo(command('cat', '--', '/etc/a b')))).toBe("sudo -n cat -- '/etc/a b'");
  });
});

describe('formatted numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500_000_000, '1.5 GB'],
    [250_000_000_000, '250 GB'],
  ])('%d bytes are %s', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });

  it.each([
    [0, '0 s'],
    [0.3, 'under 1 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [3900, '1 h 5 min'],
  ])('%d seconds are %s', (seconds, words) => {
    expect(secondsInWords(seconds)).toBe(words);
  });

  it('use singular and plural correctly', () => {
    expect([count(1, 'node'), count(2, 'node'), count(0, 'copy', 'copies')]).toEqual(['1 node', '2 nodes', '0 copies']);
    expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});

describe('the nearest known word', () => {
  it.each([
    ['node-22', 'node-2'],
    ['ndoe-2', 'node-2'],
    ['bootsrap', 'bootstrap'],
  ])('for %s is %s', (typed, meant) => {
    expect(
      nearest(
        typed,
        ['bootstrap', 'node-1', 'node-2'].toSorted((a) => (a === 'node-2' ? -1 : 1)),
      ),
    ).toBe(meant);
  });

  it('is null when no word is near', () => {
    expect(nearest('postgres', ['node-1', 'node-2'])).toBeNull();
  });
});

describe('versions', () => {
  it('are compared as numbers, without suffixes', () => {
    expect(versionNumbers('128.0.1')).toEqual([128, 0, 1]);
    expect(versionNumbers('2.10.0-dev')).toEqual([2, 10, 0]);
    expect(versionNumbers('latest')).toBeNull();
    expect(isOlder([2, 9, 3], [2, 10, 0])).toBe(true);
    expect(isOlder([2, 10, 0], [2, 10, 0])).toBe(false);
    expect(isOlder([123, 0, 0], [2, 10, 0])).toBe(false);
  });
});

describe('lists of registries', () => {
  it('are equal in any order, and differ if one is missing or extra', () => {
    expect(sameSet(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameSet(['a'], ['a', 'b'])).toBe(false);
    expect(sameSet(['a', 'b'], ['a'])).toBe(false);
    expect(sameSet([], ['a'])).toBe(false);
  });
});

describe('a failed command', () => {
  it('is shown on one line, even with a script', () => {
    const script = '# Copies the file.\ndd of="$1"\nsync';
    const failed = new CommandFailed('node-2', command('sh', '-c', script, 'sh', '/srv/a.iso'), {
      ended: exit(1),
      stdout: '',
      stderr: 'No space left on device',
    });
    expect(failed.report()).toMatchObject({
      where: 'node-2',
      what: "`sh -c '# Copies the file. …' sh /srv/a.iso` ended with exit code 1.",
      detail: 'No space left on device',
    });
  });
});
