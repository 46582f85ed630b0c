import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from '../../scripts/build.ts';
import { CACHE } from '../place.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What a bundle is made of. */
const SOURCES = ['src', 'package-lock.json', 'scripts/build.ts'];

let path: Promise<string> | undefined;

/** The path of the program as `npm run build` makes it, of the sources as they are now. */
export function program(): Promise<string> {
  path ??= bundled();
  return path;
}

async function bundled(): Promise<string> {
  const name = `program-${await digestOf(SOURCES)}`;
  const folder = join(CACHE, name);
  if (!existsSync(folder)) await bundleInto(folder);
  return join(folder, 'cli.js');
}

/** Makes the whole folder appear at once, since other sandboxes may look for it now. */
async function bundleInto(folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const part = await mkdtemp(join(CACHE, 'part-'));
  await build(part);
  await rename(part, folder).catch(async (error: unknown) => {
    await rm(part, { recursive: true });
    if (!existsSync(folder)) throw error;
  });
}

async function digestOf(names: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names)
    for (const file of await filesOf(name)) hash.update(`${file}\0`).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(name: string): Promise<readonly string[]> {
  const path = join(ROOT, name);
  if (name.includes('.')) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.toSorted();
}
