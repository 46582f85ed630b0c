import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runningScripts, scriptOf } from '../../../../src/adapters/bootstrap/node/scripts.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'registry-ha-proc-'));
});
afterEach(() => removeFolder(root));

async function runs(pid: string, ...words: readonly string[]): Promise<void> {
  await mkdir(join(root, 'proc', pid), { recursive: true });
  await writeFile(join(root, 'proc', pid, 'cmdline'), words.map((word) => `${word}\0`).join(''));
}

it('finds a running upgrade among other processes', async () => {
  await runs('1', '/usr/lib/systemd/systemd');
  await runs('2');
  await runs('300', '/bin/bash', '-e', '/srv/scality/metalk8s-128.0.1/upgrade.sh', '--destination-version', '129.0.0');
  await runs('301', './iso-manager.sh', '-a', '/srv/x.iso');
  await mkdir(join(root, 'proc', '302'));
  await mkdir(join(root, 'proc', 'self'));
  expect(await runningScripts(root)).toEqual([
    { pid: 300, script: 'upgrade.sh' },
    { pid: 301, script: 'iso-manager.sh' },
  ]);
});

it.each([
  [['vim', '/srv/scality/metalk8s-128.0.1/upgrade.sh']],
  [['grep', '-r', 'downgrade.sh']],
  [['bash', '-l']],
  [['/opt/my-upgrade.sh']],
  [[]],
])('%j is not a running script', (words) => {
  expect(scriptOf(words)).toBeNull();
});

it('reads the processes of this computer', async () => {
  expect(await runningScripts('/')).toEqual([]);
});
