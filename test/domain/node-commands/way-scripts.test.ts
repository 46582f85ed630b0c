import { spawnSync } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wayTo } from '../../../src/domain/node-commands/copy-commands.ts';
import { ownFolder, removeFolder } from '../../harness/stage/own-folder.ts';

describe('the script that checks the way to an archive, in a real shell', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await ownFolder('way');
    await mkdir(`${folder}/a b/c`, { recursive: true, mode: 0o755 });
    await mkdir(`${folder}/open`);
    await chmod(`${folder}/open`, 0o775);
  });
  afterEach(() => removeFolder(folder));

  function wayTold(path: string): string {
    const { program, args } = wayTo(path);
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout;
  }
  const isOpen = (path: string, mode = '775') => `${userInfo().username} ${mode} ${path}\n`;

  it('accepts a way that only root can change, also to a file that does not exist yet', async () => {
    expect(wayTold(`${folder}/a b/c/x.iso`)).toBe('');
    expect(wayTold(`${folder}//a b/./../a b/none/c/x.iso`)).toBe('');
    expect(wayTold('/x.iso')).toBe('');
  });

  it('names the first folder that others can change, sticky or not, final or on the way', async () => {
    expect(wayTold(`${folder}/open/x.iso`)).toBe(isOpen(`${folder}/open`));
    expect(wayTold(`${folder}/open/none/x.iso`)).toBe(isOpen(`${folder}/open`));
    await chmod(`${folder}/a b`, 0o1777);
    expect(wayTold(`${folder}/a b/c/x.iso`)).toBe(isOpen(`${folder}/a b`, '1777'));
  });

  it('follows each link as the kernel does, also the link of the file itself', async () => {
    await mkdir(`${folder}/open/inner`);
    await symlink(`${folder}/a b/c`, `${folder}/open/inner/link`);
    await symlink('open/inner/link/../c', `${folder}/two-links`);
    expect(wayTold(`${folder}/two-links/x.iso`)).toBe(isOpen(`${folder}/open`));
    await symlink(`${folder}/a b`, `${folder}/one-link`);
    expect(wayTold(`${folder}/one-link/c/x.iso`)).toBe('');
    await writeFile(`${folder}/open/x.iso`, '');
    await symlink('../open/x.iso', `${folder}/a b/x.iso`);
    expect(wayTold(`${folder}/a b/x.iso`)).toBe(isOpen(`${folder}/open`));
  });

  it('ends for links in a circle, which the kernel refuses too', async () => {
    await symlink('circle', `${folder}/circle`);
    expect(wayTold(`${folder}/circle/x.iso`)).toBe('');
  });

  it('prints a name as it is, whatever it contains', async () => {
    const odd = `${folder}/%u \\t$(id)`;
    await mkdir(odd);
    await chmod(odd, 0o777);
    expect(wayTold(`${odd}/x.iso`)).toBe(isOpen(odd, '777'));
  });
});
