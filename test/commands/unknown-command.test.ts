import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const USAGE = 3;

it.each([
  ['ad', 'error: unknown command ‘ad’\n(Did you mean add?)'],
  ['statsu', 'error: unknown command ‘statsu’\n(Did you mean status?)'],
  ['why', 'error: unknown command ‘why’'],
  ['frobnicate', 'error: unknown command ‘frobnicate’'],
])('the terminal answers %s with the near command, the list of commands, and where the others are', (typed, says) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, typed, 'node-2'], { encoding: 'utf8' });
  const hint =
    'To list the commands: registry-ha --help. Freezes, locks, why and help are commands in Slack: /registry-ha help';
  expect({ status, stdout, stderr }).toEqual({
    status: USAGE,
    stdout: '',
    stderr: `${says}\n${hint}\n`.replace(/[‘’]/g, "'"),
  });
});

it('the list of commands is no error', () => {
  const { status, stdout } = spawnSync(process.execPath, [CLI, '--help'], { encoding: 'utf8' });
  expect({ status, isList: stdout.includes('add') }).toEqual({ status: 0, isList: true });
});
