import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Command, command, render } from '../../../../src/domain/node-commands/command.ts';
import { copyCommands, seeFile } from '../../../../src/domain/node-commands/copy-commands.ts';
import { lookAt } from '../../../../src/domain/node-commands/look-commands.ts';
import { ownFolder, removeFolder } from '../../../harness/stage/own-folder.ts';
import { type Started, started } from '../started.ts';

let cluster: Started;
let folder: string;
beforeAll(async () => {
  cluster = await started();
  folder = await ownFolder('copy-scripts');
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await removeFolder(folder);
});

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 251));
const order = (root: string, size = bytes.length) =>
  copyCommands({
    path: `${root}/in/a new.iso`,
    part: `${root}/in/a new.iso.part`,
    size,
    sudo: false,
    seed: `${root}/old.iso`,
  });
type Commands = ReturnType<typeof order>;

/** The relevant part of an answer: exit code, and digests or sizes at the start of lines. */
const gist = (code: number | null, stdout: string) => ({
  code,
  said: stdout.split('\n').map((line) => /^(?:[0-9a-f]{64}|\d+ [0-9a-f]+|stat: .*: .*$)/.exec(line)?.[0] ?? ''),
});

/** Runs the same commands on the simulated node and with real programs; both answers must match. */
async function onBoth(which: (commands: Commands) => Command, stdin = Buffer.alloc(0), size?: number) {
  const real = which(order(folder, size));
  const { status, stdout } = spawnSync(real.program, real.args, { input: stdin, env: { ...process.env, LC_ALL: 'C' } });
  const simulated = await cluster.run('node-1', render(which(order('/root/c', size))), stdin);
  const words = (text: string): string => text.replaceAll(folder, '').replaceAll('/root/c', '');
  const [one, other] = [gist(status, words(stdout.toString())), gist(simulated.code, words(simulated.stdout))];
  expect(other).toEqual(one);
  return one;
}

describe('the scripts of a copy on a simulated node', () => {
  it('answer as a real shell does, from the first check to the archive in its place', async () => {
    await onBoth(({ see }) => see(null));
    expect(await onBoth(({ receive }) => receive(0), bytes.subarray(0, 100_001))).toMatchObject({ code: 1 });
    await onBoth(({ see }) => see(null));
    await onBoth(({ hashPart }) => hashPart);
    expect(await onBoth(({ receive }) => receive(100_001), bytes.subarray(100_001))).toMatchObject({ code: 0 });
    await onBoth(({ rereadPart }) => rereadPart);
    expect(await onBoth(({ finish }) => finish)).toMatchObject({ code: 0 });
    await onBoth(({ see }) => see(null));
    expect(await onBoth(({ finish }) => finish)).toMatchObject({ code: 1 });
  });

  it('build an archive from an existing one, and report when they cannot', async () => {
    await onBoth(() => command('true'));
    const put = (root: string) => command('dd', `of=${root}/old.iso`, 'status=none');
    spawnSync('dd', put(folder).args, { input: bytes });
    await cluster.run('node-1', render(put('/root/c')), bytes);
    await onBoth(({ discard }) => discard);
    const lines = Buffer.concat([
      Buffer.from('200000 50000\nhere 70\n'),
      bytes.subarray(0, 70),
      Buffer.from(`0 ${bytes.length - 50_070}\n`),
    ]);
    expect(await onBoth(({ rebuild }) => rebuild?.(0) ?? command('true'), lines)).toMatchObject({ code: 0 });
    await onBoth(({ discard }) => discard);
    expect(await onBoth(({ rebuild }) => rebuild?.(0) ?? command('true'), lines.subarray(0, 40))).toMatchObject({
      code: 1,
    });
  });

  it('refuse a folder that not only root can change, whatever way leads there, and follow no link of the part file', async () => {
    const both = async (act: (root: string) => Promise<unknown>) => {
      await act(folder);
      await act(join(cluster.cluster.world.nodes.get('node-1')?.root ?? '', 'root/c'));
    };
    await onBoth(({ discard }) => discard);
    await both(async (root) => {
      await writeFile(`${root}/victim`, 'secret', { mode: 0o600 });
      await symlink('../victim', `${root}/in/a new.iso.part`);
    });
    expect(await onBoth(({ see }) => see(null))).toMatchObject({ code: 0 });
    expect(await onBoth(({ finish }) => finish)).toMatchObject({ code: 1 });
    expect(await onBoth(({ receive }) => receive(0), bytes)).toMatchObject({ code: 0 });
    await both(async (root) => {
      expect(await readFile(`${root}/victim`, 'utf8')).toBe('secret');
      expect((await stat(`${root}/victim`)).mode & 0o777).toBe(0o600);
    });
    for (const mode of [0o775, 0o757, 0o1777]) {
      await both((root) => chmod(`${root}/in`, mode));
      expect(await onBoth(({ receive }) => receive(0), bytes)).toMatchObject({ code: 1 });
      expect(await onBoth(({ finish }) => finish)).toMatchObject({ code: 1 });
      expect(await onBoth(({ discard }) => discard)).toMatchObject({ code: 1 });
      await both((root) => chmod(`${root}/in`, 0o755));
    }
    expect(await onBoth(({ discard }) => discard)).toMatchObject({ code: 0 });
  });

  it('see a file with the same identity in every language of a node', async () => {
    const shims = join(folder, 'shims');
    await mkdir(shims);
    // `%.9Y` has the decimal point of the locale (coreutils, stat).
    const shim = '#!/bin/sh\n[ "$LC_ALL" = C ] && exec /usr/bin/stat "$@"\n/usr/bin/stat "$@" | tr . ,\n';
    await writeFile(join(shims, 'stat'), shim, { mode: 0o755 });
    await writeFile(join(folder, 'archive'), 'x');
    const { see } = copyCommands({ path: join(folder, 'archive'), part: join(folder, 'none'), size: 1, sudo: false });
    const PATH = `${shims}:${process.env['PATH']}`;
    const saidIn = (look: Command, locale: Record<string, string>) =>
      spawnSync(look.program, look.args, { encoding: 'utf8', env: { PATH, ...locale } }).stdout;
    for (const look of [see(null), seeFile(join(folder, 'archive')), lookAt([join(folder, 'archive')])]) {
      expect(saidIn(look, { LANG: 'fr_FR.UTF-8' })).toMatch(/:\d+\.\d{9}:\d+\.\d{9}/);
      expect(saidIn(look, { LC_ALL: 'fr_FR.UTF-8' })).toBe(saidIn(look, { LC_ALL: 'C' }));
    }
    expect(saidIn(command('stat', '-c', '%.9Y', folder), { LANG: 'fr_FR.UTF-8' })).toContain(',');
  });

  it('are the only supported scripts', async () => {
    expect(await cluster.run('node-1', "sh -c 'echo hello'")).toMatchObject({ code: 127, stdout: '' });
  });
});
