import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { botConfig } from '../../src/config/bot-config.ts';
import { workerConfig } from '../../src/config/worker-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, 'hostile.yaml');
  writeFileSync(path, content);
  return path;
}

/** Each level is a list of the one before, several times. */
const levels = (count: number, times = 10): string =>
  Array.from({ length: count }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(times)}]\n`).join('');

/** A key that is a number comes first in JavaScript, wherever it is in the file. */
const chain = (count: number): string => `${levels(count, 1).replace('[*a0,]', '[x]')}0: *a${count}\n`;

describe.each([
  ['bot', botConfig],
  ['worker', workerConfig],
] as const)('the configuration of a %s', (_name, read) => {
  it('is rejected at once when it is huge', () => {
    expect(() => read(file('a: b\n'.repeat(300_000)), {})).toThrow(/larger than 1048576 bytes/);
  });

  it('may use an alias as often as it likes', () => {
    const path = file(`a: &a [x]\nb: [${'*a,'.repeat(2_000)}]\n`);
    expect(() => read(path, {})).toThrow(/unknown key/);
    expect(() => read(path, {})).not.toThrow(/alias|too large/);
  });

  it.each([
    ['that expand to gigabytes', `a0: &a0 xx\n${levels(30)}`],
    ['that repeat one long text', `a: &a ${'x'.repeat(100_000)}\nb: [${'*a,'.repeat(100)}]\n`],
    ['without an end', 'a: &a [1, *a]\n'],
    ['in a chain of thousands', `a0: &a0 x\n${levels(10_000, 1)}b: *a10000\n`],
    ['in a chain that begins at its end', `${chain(5_000)}`],
  ])('is rejected at once when it has aliases %s', (_, text) => {
    expect(() => read(file(text), {})).toThrow(
      /too large: with its aliases \(\*name\) written out, it has more than 2097152 characters\. Use fewer/,
    );
  });

  it('is rejected without waiting when it is a pipe or a device', () => {
    const pipe = join(folder, `pipe-${_name}`);
    execFileSync('/usr/bin/mkfifo', [pipe]);
    expect(() => read(pipe, {})).toThrow(/not a regular file/);
    expect(() => read('/dev/zero', {})).toThrow(/not a regular file/);
  });
});
