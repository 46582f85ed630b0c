import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fleetFiles } from '../../src/config/fleet-files.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => writeFileSync(at(name), text);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-ha-fleet-files-'));
  mkdirSync(at('one.d'));
  mkdirSync(at('two.d'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('digests whatever the configuration names now: each change is seen, and nothing else', () => {
  const files = fleetFiles(at('bot.yaml'), {});
  const changes: readonly (() => void)[] = [
    () => write('bot.yaml', 'clustersDir: one.d\n'),
    () => write('policy.yaml', 'a: 1\n'),
    () => write('policy.yaml', 'a: 2\n'),
    () => write('one.d/lab.yaml', 'name: lab\n'),
    () => write('one.d/lab.yaml', 'name: lob\n'),
    () => write('two.d/prod.yaml', 'name: prod\n'),
    () => rmSync(at('one.d/lab.yaml')),
    () => write('bot.yaml', 'clustersDir: two.d\npolicyFile: other.yaml\n'),
    () => write('other.yaml', 'a: 3\n'),
    () => write('two.d/prod.yaml', 'name: production\n'),
    () => write('bot.yaml', 'clustersDir: [\n'),
    () => write('bot.yaml', 'clustersDir: two.d\npolicyFile: other.yaml\n'),
    () => write('other.yaml', 'a: 4\n'),
    () => rmSync(at('other.yaml')),
    () => rmSync(at('two.d'), { recursive: true }),
  ];
  const seen = changes.map((change) => {
    const before = files.digest();
    change();
    const after = files.digest();
    expect(files.digest()).toBe(after);
    return after !== before;
  });
  // Number 6 writes into a folder that nothing names.
  expect(seen).toEqual(changes.map((_, index) => index !== 5));
});
