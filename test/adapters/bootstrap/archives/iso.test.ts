import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isoOf } from '../../../../src/adapters/bootstrap/archives/iso.ts';
import { withFile } from '../../../../src/adapters/bootstrap/node/open-file.ts';
import { isoImage } from '../../../fixtures/iso.ts';
import { needs } from '../../../fixtures/needs.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

const MKISOFS = '/usr/bin/mkisofs';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iso-'));
});
afterAll(() => removeFolder(folder));

const read = (path: string, name: string) => withFile(path, async (file) => (await isoOf(file))?.read(name));

async function written(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}.iso`);
  await writeFile(path, bytes);
  return path;
}

describe('an ISO 9660 image', () => {
  test('gives the files of its root folder', async () => {
    const path = await written(isoImage({ 'PRODUCT.TXT': 'NAME=x\n', 'MANIFEST.YAML': 'kind: é\n', 'EMPTY.TXT': '' }));
    expect(await read(path, 'PRODUCT.TXT')).toBe('NAME=x\n');
    expect(await read(path, 'MANIFEST.YAML')).toBe('kind: é\n');
    expect(await read(path, 'EMPTY.TXT')).toBe('');
    expect(await read(path, 'NOTHING.TXT')).toBeNull();
  });

  needs(existsSync(MKISOFS), 'mkisofs')('is read when built as MetalK8s builds its own', async () => {
    const tree = join(folder, 'tree');
    await mkdir(join(tree, 'images'), { recursive: true });
    await writeFile(join(tree, 'product.txt'), 'NAME=MetalK8s\nVERSION=128.0.1\n');
    for (let at = 0; at < 80; at += 1) await writeFile(join(tree, `a-file-with-a-long-name-${at}.txt`), 'x');
    const path = join(folder, 'real.iso');
    execFileSync(MKISOFS, ['-quiet', '-output', path, '-rock', '-joliet', '-iso-level', '3', tree], {
      stdio: 'ignore',
    });
    expect(await read(path, 'PRODUCT.TXT')).toBe('NAME=MetalK8s\nVERSION=128.0.1\n');
    const sizes = await withFile(path, async (file) => [file.size, (await isoOf(file))?.bytes]);
    expect(sizes[1]).toBe(sizes[0]);
  });

  test('with a damaged folder gives no file', async () => {
    const good = isoImage({ 'PRODUCT.TXT': 'x' });
    const path = join(folder, 'damaged.iso');
    for (let at = 18 * 2048; at < 18 * 2048 + 150; at += 3) {
      for (const value of [0, 0x21, 0xff]) {
        const bytes = Buffer.from(good);
        bytes[at] = value;
        await writeFile(path, bytes);
        const text = await read(path, 'PRODUCT.TXT');
        expect(text === null || typeof text === 'string').toBe(true);
      }
    }
  });
});
