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

describe.each([
  ['bot', botConfig],
  ['worker', workerConfig],
] as const)('the configuration of a %s', (_name, read) => {
  it('is rejected at once when it is huge', () => {
    expect(() => read(file('a: b\n'.repeat(300_000)), {})).toThrow(/larger than 1048576 bytes/);
  });

  it('is rejected when it has too many aliases', () => {
    expect(() => read(file(`a: &a [x]\nb: [${'*a,'.repeat(200)}]\n`), {})).toThrow(/maxAliases/);
  });

  it('is rejected without waiting when it is a pipe or a device', () => {
    const pipe = join(folder, `pipe-${_name}`);
    execFileSync('/usr/bin/mkfifo', [pipe]);
    expect(() => read(pipe, {})).toThrow(/not a regular file/);
    expect(() => read('/dev/zero', {})).toThrow(/not a regular file/);
  });
});
