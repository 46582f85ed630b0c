import { execFile } from 'node:child_process';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { identitiesIn, mountsIn } from '../../src/adapters/node/parse.ts';
import { isInstalled, isRoot, mayMount, needs } from '../fixtures/needs.ts';
import { ownFolder, removeFolder } from '../harness/stage/own-folder.ts';

const exec = promisify(execFile);
const canLoop = isRoot && mayMount() && isInstalled('losetup');
const it = needs(canLoop, 'root with CAP_SYS_ADMIN, and losetup');

describe('the real losetup and stat', () => {
  let folder = '';
  let device = '';
  beforeAll(async () => {
    if (!canLoop) return;
    folder = await ownFolder('losetup');
    await writeFile(join(folder, 'a.iso'), Buffer.alloc(1024 * 1024));
    device = (await exec('losetup', ['--find', '--show', '-r', join(folder, 'a.iso')])).stdout.trim();
  });
  afterAll(async () => {
    if (device !== '') await exec('losetup', ['-d', device]);
    if (folder !== '') await removeFolder(folder);
  });

  const mounted = async () => {
    const { stdout } = await exec('losetup', ['-J', '-O', 'NAME,BACK-FILE,BACK-INO,BACK-MAJ:MIN']);
    return mountsIn(JSON.stringify({ filesystems: [{ target: '/mnt', source: device }] }), stdout)[0];
  };
  const inodeOf = async (name: string) => {
    const { stdout } = await exec('stat', ['-L', '-c', '%d:%i %n', '--', join(folder, name)]);
    return [...identitiesIn(stdout)].find(([, path]) => path === join(folder, name))?.[0];
  };

  it('agree on the identity of a mounted file, whatever its name', async () => {
    const before = await mounted();
    expect(before).toMatchObject({ backingFile: join(folder, 'a.iso'), identity: await inodeOf('a.iso') });
    await link(join(folder, 'a.iso'), join(folder, 'b.iso'));
    await rename(join(folder, 'a.iso'), join(folder, 'c.iso'));
    expect(await mounted()).toMatchObject({ backingFile: join(folder, 'c.iso'), identity: before?.identity });
    await rm(join(folder, 'c.iso'));
    const gone = { backingFile: `${join(folder, 'c.iso')} (deleted)`, identity: await inodeOf('b.iso') };
    expect(await mounted()).toMatchObject(gone);
  });
});
