import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SETUP = join(import.meta.dirname, '../../scripts/setup.mjs');

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'registry-ha-setup-test-'));
  // What setup itself runs, beside apt-get: the folder is the whole PATH. Nothing is copied to /usr/sbin, and root is easily had.
  for (const program of ['env', 'sh', 'touch', 'chmod', 'true'])
    await symlink(`/usr/bin/${program}`, join(bin, program));
  for (const program of ['cp', 'rm']) await symlink('/usr/bin/true', join(bin, program));
  await placeProgram('sudo', 'shift; exec "$@"');
});
afterEach(() => rm(bin, { recursive: true, force: true }));

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

/** An apt-get that does what the lines say; its own words are noted in `asked`. */
const placeAptGet = (...lines: readonly string[]): Promise<void> =>
  placeProgram('apt-get', `echo "$@" >> ${bin}/asked`, ...lines);

const place = (program: string): string => `touch ${bin}/${program}; chmod 755 ${bin}/${program}`;
const asked = async (): Promise<readonly string[]> => (await readFile(join(bin, 'asked'), 'utf8')).trim().split('\n');

test('a machine that has everything hears nothing; Valkey counts as Redis', async () => {
  for (const program of ['valkey-server', 'chromium']) await symlink('/bin/true', join(bin, program));
  expect(await setup('redis-server', 'chromium')).toEqual({ code: 0, says: '' });
});

test('a word that setup does not know is an error, not a silent success', async () => {
  expect(await setup('redis')).toEqual({ code: 1, says: expect.stringContaining('not redis.') });
});

test('what is missing is installed, after one update of old lists', async () => {
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

test('the copy bench gets its server and its peer: sshd and rsync', async () => {
  await placeAptGet(place('sshd'), place('rsync'));
  const scripts: unknown = JSON.parse(await readFile(join(SETUP, '../../package.json'), 'utf8')).scripts;
  expect(scripts).toMatchObject({ 'bench:copy': expect.stringMatching(/^node scripts\/setup\.mjs sshd rsync && /) });
  expect((await setup('rsync')).code).toBe(0);
  expect(await asked()).toEqual([expect.stringMatching(/ rsync$/)]);
  expect(await setup('rsync')).toEqual({ code: 0, says: '' });
});

test('an install that fails shows the end of what apt-get said and how to do it by hand', async () => {
  await placeAptGet('echo "E: No space left on device" >&2; exit 100');
  const { code, says } = await setup('redis-server');
  expect(code).toBe(1);
  expect(says).toContain('apt-get install -y --no-install-recommends redis-server');
  expect(says).toContain('E: No space left on device');
});

test('without apt-get one line says exactly what to install', async () => {
  const { code, says } = await setup('redis-server');
  expect(code).toBe(1);
  expect(says.trim().split('\n')).toEqual([
    expect.stringMatching(/^Missing: redis-server\. Install redis-server, on Debian as root: apt-get install/),
  ]);
});
