import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archiveContent, writeArchive } from '../../../../sandbox/cluster/build/content.ts';
import { parseDescription } from '../../../../sandbox/cluster/build/description.ts';
import { extractIso, IsoUnreadable, readIso, readRootFile } from '../../../../sandbox/cluster/iso/read.ts';
import { writeIso } from '../../../../sandbox/cluster/iso/write.ts';
import { isInstalled, needs } from '../../../fixtures/needs.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

const run = promisify(execFile);
const { archives } = parseDescription(
  `cluster: { version: 128.0.1 }
archives:
  - { kind: metalk8s, version: 127.0.6, path: /a/old.iso }
  - { kind: metalk8s, version: 128.0.1, path: /a/new.iso, padMiB: 1.5 }
  - { kind: solution, name: example-solution, version: 0.1.0, path: /a/solution.iso }
nodes: [{ name: bootstrap, ip: 11, roles: [bootstrap] }]`,
  'test',
);
const [old, current, solution] = archives.map(archiveContent);
if (old === undefined || current === undefined || solution === undefined)
  throw new Error('three archives were described');

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'iso-'));
  await writeArchive(old, at('old.iso'));
  await writeArchive(current, at('new.iso'));
  await writeArchive(solution, at('solution.iso'));
});
afterAll(() => removeFolder(folder));

describe('ISO images', () => {
  it('restore every file of an archive byte for byte', async () => {
    await extractIso(at('old.iso'), at('unpacked'));
    for (const { path, pieces } of old.sources) {
      expect((await readFile(join(folder, 'unpacked', path))).equals(Buffer.concat([...pieces()])), path).toBe(true);
    }
  });

  it('have a volume ID with product and version, and a product file that Salt finds by its ISO name', async () => {
    expect(await readIso(at('new.iso'))).toMatchObject({ volumeId: 'MetalK8s 128.0.1' });
    expect(await readRootFile(at('new.iso'), 'PRODUCT.TXT')).toContain('VERSION=128.0.1\n');
    expect(await readRootFile(at('solution.iso'), '/MANIFEST.YAML;1'.slice(1))).toContain('kind: Solution\n');
    expect(await readRootFile(at('solution.iso'), 'PRODUCT.TXT')).toBeUndefined();
  });

  it('store an image shared by two versions as equal runs of sectors, so a copy can skip them', async () => {
    const [first, second] = await Promise.all([readFile(at('old.iso')), readFile(at('new.iso'))]);
    const etcd = async (iso: string) =>
      (await readIso(at(iso))).files.filter((one) => one.path.startsWith('images/etcd/'));
    const inOld = await etcd('old.iso');
    const inNew = await etcd('new.iso');
    const shift = (inNew[0]?.extent ?? 0) - (inOld[0]?.extent ?? 0);
    expect(inNew.map((one) => one.extent)).toEqual(inOld.map((one) => one.extent + shift));
    for (const one of inOld) {
      const sectors = Math.ceil(one.size / 2048) * 2048;
      const there = first.subarray(one.extent * 2048, one.extent * 2048 + sectors);
      expect(
        second
          .subarray((one.extent + shift) * 2048)
          .subarray(0, sectors)
          .equals(there),
        one.path,
      ).toBe(true);
    }
  });

  it('are identical whenever they are made', async () => {
    await writeArchive(archiveContent(current.described), at('again.iso'));
    expect((await readFile(at('again.iso'))).equals(await readFile(at('new.iso')))).toBe(true);
  });

  it.each([0.001, 0.02, 0.5, 0.9, 0.9999])('are rejected when cut at %d of their length', async (share) => {
    await copyFile(at('old.iso'), at('cut.iso'));
    await truncate(at('cut.iso'), Math.floor((await readFile(at('old.iso'))).length * share));
    await expect(readIso(at('cut.iso'))).rejects.toThrow(IsoUnreadable);
  });

  it('are distinguished from other files', async () => {
    await expect(readIso(join(import.meta.dirname, 'iso.test.ts'))).rejects.toThrow(IsoUnreadable);
  });

  it('keep long, unusual and similar names apart', async () => {
    const names = ['a'.repeat(90), `${'a'.repeat(90)}b`, 'ünïcode name.txt', 'v1.2.3/x.y.z', 'v1_2.3/x.y.z', '.hidden'];
    const sources = names.map((path) => ({ path, size: path.length, pieces: () => [Buffer.from(path, 'latin1')] }));
    await writeIso(at('names.iso'), 'NAMES', sources, new Date(0));
    expect((await readIso(at('names.iso'))).files.map((one) => one.path).toSorted()).toEqual(names.toSorted());
  });

  needs(isInstalled('isoinfo'), 'isoinfo')('isoinfo reads the same names and bytes', async () => {
    const { stdout: about } = await run('isoinfo', ['-d', '-i', at('new.iso')]);
    expect(about).toContain('Volume id: MetalK8s 128.0.1');
    expect(about).toContain('Rock Ridge signatures version 1 found');
    const { stdout: names } = await run('isoinfo', ['-R', '-f', '-i', at('new.iso')]);
    const files = names.split('\n').filter((one) => current.sources.some(({ path }) => one === `/${path}`));
    expect(files).toHaveLength(current.sources.length);
    const { stdout: product } = await run('isoinfo', ['-x', '/PRODUCT.TXT;1', '-i', at('new.iso')]);
    expect(product).toBe(await readRootFile(at('new.iso'), 'PRODUCT.TXT'));
    for (const { path, pieces } of current.sources.filter((one) => one.path.startsWith('images/etcd/'))) {
      const { stdout } = await run('isoinfo', ['-R', '-x', `/${path}`, '-i', at('new.iso')], {
        encoding: 'buffer',
        maxBuffer: 1e7,
      });
      expect(stdout.equals(Buffer.concat([...pieces()])), path).toBe(true);
    }
  });
});
