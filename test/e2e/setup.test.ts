import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeFolder } from '../harness/stage/own-folder.ts';

const SETUP = join(import.meta.dirname, '../../scripts/setup.mjs');

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'registry-ha-setup-test-'));
  // The programs that setup itself runs, beside apt-get. This folder is the whole PATH, so nothing real is installed or changed.
  for (const program of ['env', 'sh', 'touch', 'chmod', 'true'])
    await symlink(`/usr/bin/${program}`, join(bin, program));
  for (const program of ['cp', 'rm']) await symlink('/usr/bin/true', join(bin, program));
  await placeProgram('sudo', 'shift; exec "$@"');
});
afterEach(() => removeFolder(bin));

interface Ended {
  readonly code: number;
  readonly says: string;
}

function setup(...words: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SETUP, ...words], { env: { PATH: bin } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, says: `${stdout}${stderr}` });
    });
  });
}

async function placeProgram(name: string, ...lines: readonly string[]): Promise<void> {
  await writeFile(join(bin, name), ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(join(bin, name), 0o755);
}

/** Creates a fake apt-get that runs these lines and records its arguments in `asked`. */
const placeAptGet = (...lines: readonly string[]): Promise<void> =>
  placeProgram('apt-get', `echo "$@" >> ${bin}/asked`, ...lines);

const place = (program: string): string => `touch ${bin}/${program}; chmod 755 ${bin}/${program}`;
const asked = async (): Promise<readonly string[]> => (await readFile(join(bin, 'asked'), 'utf8')).trim().split('\n');

test('prints nothing if everything is installed; Valkey counts as Redis', async () => {
  for (const program of ['valkey-server', 'chromium']) await symlink('/bin/true', join(bin, program));
  expect(await setup('redis-server', 'chromium')).toEqual({ code: 0, says: '' });
});

test('reports an unknown program name as an error', async () => {
  expect(await setup('redis')).toEqual({ code: 1, says: expect.stringContaining('Unknown program redis.') });
});

test('installs missing programs, and updates old package lists once', async () => {
  const updated = `case "$*" in *update*) touch ${bin}/updated; exit 0;; esac`;
  await placeAptGet(
    updated,
    `test -e ${bin}/updated || { echo "E: Unable to locate package" >&2; exit 100; }`,
    place('redis-server'),
  );
  const { code, says } = await setup('redis-server');
  expect([code, says.trim().split('\n').at(-1)]).toEqual([0, 'Installed redis-server (Debian).']);
  expect(await asked()).toHaveLength(3);
  expect((await asked())[2]).toContain('install -y --no-install-recommends redis-server');
});

test('installs sshd and rsync for the copy bench', async () => {
  await placeAptGet(place('sshd'), place('rsync'));
  const scripts: unknown = JSON.parse(await readFile(join(SETUP, '../../package.json'), 'utf8')).scripts;
  expect(scripts).toMatchObject({ 'bench:copy': expect.stringMatching(/^node scripts\/setup\.mjs sshd rsync && /) });
  expect((await setup('rsync')).code).toBe(0);
  expect(await asked()).toEqual([expect.stringMatching(/ rsync$/)]);
  expect(await setup('rsync')).toEqual({ code: 0, says: '' });
});

test('installs promtool without a Prometheus that runs: neither now nor after a restart of the machine', async () => {
  await placeAptGet(place('promtool'));
  await placeProgram('systemctl', `echo "$@" >> ${bin}/asked`);
  expect((await setup('promtool')).code).toBe(0);
  expect(await asked()).toEqual([expect.stringMatching(/ prometheus$/), 'disable prometheus']);
});

test('says what is to do where the service cannot be disabled', async () => {
  await placeAptGet(place('promtool'));
  await placeProgram('systemctl', 'exit 1');
  const { code, says } = await setup('promtool');
  expect([code, says]).toEqual([0, expect.stringContaining('To prevent that: systemctl disable prometheus')]);
});

test('the whole test run has promtool, so that the alerts are never left untested', async () => {
  const scripts: unknown = JSON.parse(await readFile(join(SETUP, '../../package.json'), 'utf8')).scripts;
  expect(scripts).toMatchObject({ test: expect.stringMatching(/^node scripts\/setup\.mjs .*\bpromtool && /) });
});

test('shows the end of apt-get’s output and the manual command if an install fails', async () => {
  await placeAptGet('echo "E: No space left on device" >&2; exit 100');
  const { code, says } = await setup('redis-server');
  expect(code).toBe(1);
  expect(says).toContain('apt-get install -y --no-install-recommends redis-server');
  expect(says).toContain('E: No space left on device');
});

test('prints one line with the packages to install if there is no apt-get', async () => {
  const { code, says } = await setup('redis-server');
  expect(code).toBe(1);
  expect(says.trim().split('\n')).toEqual([
    expect.stringMatching(/^Missing: redis-server\. Install redis-server\. On Debian, run as root: apt-get install/),
  ]);
});
