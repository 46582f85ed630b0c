import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor.ts';
import { completion, generatedCommands, manPage } from '../../src/commands/generated.ts';
import { offlineCommands } from '../../src/commands/offline.ts';
import { terminalCommands } from '../../src/commands/terminal.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'registry-ha-generated-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = new Command('registry-ha').description('Registry HA').version('0.1.0');
offlineCommands(program);
terminalCommands(program, { ask: async () => 0, change: async () => 0 });
doctorCommand(program, { bot: async () => 0, worker: async () => 0 });
generatedCommands(program);

/** What bash offers for the last of these words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const path = join(folder, 'completion.bash');
  writeFileSync(path, completion(program));
  const script = `source ${path}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _registry_ha; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script, 'bash', 'registry-ha', ...words]);
  return stdout.trim().split('\n');
}

describe('the completion for bash', () => {
  it.each([
    [['s'], ['status', 'show', 'sync']],
    [
      ['keys', ''],
      ['new', 'list', 'retire'],
    ],
    [
      ['verify', '--'],
      ['--deep', '--config', '--json'],
    ],
    [['audit', 'verify', '--d'], ['']],
    [
      ['plan', ''],
      ['add', 'remove', 'sync', 'drill', 'undo', 'digest', '--config', '--json'],
    ],
    [['changes', '--n'], ['--node']],
    [
      ['doctor', ''],
      ['bot', 'worker', '--config', '--json'],
    ],
    [
      ['keys', 'new', '--fo'],
      ['--for', '--folder'],
    ],
  ])('of %j offers %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it('offers files where an option takes one', async () => {
    writeFileSync(join(folder, 'worker.yaml'), '');
    expect(await offered('status', '--config', join(folder, 'wor'))).toEqual([join(folder, 'worker.yaml')]);
  });
});

describe('the man page', () => {
  const page = manPage(program);

  it('has every command, with its options, but the hidden one that only says where the sandbox is', () => {
    const plain = page.replaceAll('\\-', '-');
    expect(plain).not.toContain('.B sandbox');
    const shown = program.commands.filter((one) => one.name() !== 'sandbox');
    const all = shown.flatMap((one) => (one.commands.length === 0 ? [one] : one.commands));
    for (const command of all) {
      const parent = command.parent === program ? '' : `${command.parent?.name()} `;
      expect(plain).toContain(`.B ${parent}${command.name()}\n`);
      for (const { flags } of command.options) expect(plain).toContain(`.B "${flags}"\n`);
    }
    expect(plain).toContain('.B "--deep"\nHash every layer, too.');
  });

  it('has no request of roff but its own, and no letter that roff would change', () => {
    const requests = page.split('\n').flatMap((line) => (/^\.(\w+)/.exec(line) ?? []).slice(1));
    expect(new Set(requests)).toEqual(new Set(['TH', 'SH', 'SS', 'B', 'RB', 'I', 'PP', 'TP']));
    expect(page).not.toMatch(/(?<!\\)-|[^\n -~]/);
  });
});
