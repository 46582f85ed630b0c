import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { command } from '../../../src/domain/node-commands/command.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';
import { gatheredIn, gathering } from '../../../src/domain/node-commands/look-commands.ts';

const PROBES = [
  command('printf', 'a\n\nb\n\n'),
  command('sh', '-c', 'echo out; echo "it is gone" >&2; exit 3', "it's", '$HOME'),
  command('no-such-program-here'),
  command('cat'),
  command('env', 'LC_ALL=C', 'printf', '%s', "quoted 'words' and\na new line"),
  command('sh', '-c', 'kill -9 $$'),
];

it.each(['sh', 'bash', 'dash'])('%s gathers exit codes, output with its last line ends, and errors apart', (shell) => {
  const { args } = gathering(PROBES);
  const stdout = execFileSync(shell, [...args], { encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  const [lines, three, missing, silent, quoted, killed] = gatheredIn(stdout, PROBES.length) ?? [];
  expect(lines).toEqual({ ended: exit(0), stdout: 'a\n\nb\n\n', stderr: '' });
  expect(three).toEqual({ ended: exit(3), stdout: 'out\n', stderr: 'it is gone' });
  expect(missing).toMatchObject({ ended: exit(127), stdout: '', stderr: expect.stringContaining('not found') });
  expect(silent, 'it reads nothing').toEqual({ ended: exit(0), stdout: '', stderr: '' });
  expect(quoted?.stdout).toBe("quoted 'words' and\na new line");
  expect(killed?.ended).toEqual(exit(137));
});

it.each([
  ['less', '0\0a\0\0'],
  ['more', '0\0a\0\0'.repeat(3)],
  ['something else', 'Please change your password\0a\0\0'.repeat(2)],
  ['an end in the middle', '0\0a\0\x000\0a'],
])('takes no answer that has %s', (_, stdout) => {
  expect(gatheredIn(stdout, 2)).toBeNull();
});
