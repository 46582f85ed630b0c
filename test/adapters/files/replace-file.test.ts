import { mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceFile, writeNewFile } from '../../../src/adapters/files/replace-file.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-files-'));
  path = join(folder, 'kept');
});
afterEach(() => removeFolder(folder));

const mode = async () => (await stat(path)).mode & 0o777;

it('sets content and mode, and leaves no other file', async () => {
  await replaceFile(path, 'one');
  expect([await readFile(path, 'utf8'), await mode()]).toEqual(['one', 0o600]);
  await replaceFile(path, 'two', 0o640);
  expect([await readFile(path, 'utf8'), await mode()]).toEqual(['two', 0o640]);
  expect(await readdir(folder)).toEqual(['kept']);
});

it('a reader always sees one whole content', async () => {
  const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
  await replaceFile(path, 'a'.repeat(200_000));
  const writing = Promise.all(contents.map((content) => replaceFile(path, content)));
  for (let look = 0; look < 20; look += 1) expect(contents).toContain(await readFile(path, 'utf8'));
  await writing;
  expect(contents).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['kept']);
});

it('a failed rename leaves no draft', async () => {
  await mkdir(path);
  await expect(replaceFile(path, 'one')).rejects.toMatchObject({ code: 'EISDIR' });
  expect(await readdir(folder)).toEqual(['kept']);
});

it('a new file overwrites nothing and follows no link', async () => {
  await writeFile(path, 'old');
  await expect(writeNewFile(path, 'new')).rejects.toMatchObject({ code: 'EEXIST' });
  const away = join(folder, 'away');
  await symlink(away, join(folder, 'link'));
  await expect(writeNewFile(join(folder, 'link'), 'new')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(path, 'utf8')).toBe('old');
});
