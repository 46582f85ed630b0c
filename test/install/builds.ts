import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startKeeper } from '../../sandbox/processes/keeper.ts';
import { type Bundle, bundle } from '../../scripts/bundle.ts';

/** A packed bundle in a folder that is removed after the tests of a file, or when they are killed. */
export interface Packed extends Bundle {
  /** For whatever else the tests write. */
  readonly scratch: string;
}

export async function packedBundle(): Promise<Packed> {
  const scratch = mkdtempSync(join(tmpdir(), 'registry-ha-bundles-'));
  const keeper = startKeeper(scratch, (says) => void process.stderr.write(`${says}\n`));
  afterAll(() => keeper.release());
  return { ...(await bundle(join(scratch, 'first'), process.execPath)), scratch };
}

/** Another build of the same version, as unpacked. Its name. */
export function secondBuild(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  const name = `${readFileSync(join(from, 'BUILD'), 'utf8').trim().replace(/-.*/, '')}-second`;
  writeFileSync(join(to, 'BUILD'), `${name}\n`);
  return name;
}

/** Its own checksums again, after a change. */
export function sealed(folder: string): void {
  const find = 'find . -type f ! -name SHA256SUMS ! -name BUILD -exec sha256sum {} + > SHA256SUMS';
  const { status } = spawnSync('sh', ['-c', find], { cwd: folder });
  if (status !== 0) throw new Error(`${folder} could not be sealed.`);
}

/** Gives each part of a program another name: a process that looks for its own parts there fails. */
export function renameParts(dist: string): void {
  const names = readdirSync(join(dist, 'parts')).filter((name) => name.endsWith('.js'));
  const files = [join(dist, 'cli.js'), ...names.map((name) => join(dist, 'parts', name))];
  for (const file of files) {
    let text = readFileSync(file, 'utf8');
    for (const name of names) text = text.replaceAll(`/${name}`, `/second-${name}`);
    writeFileSync(file, text);
  }
  for (const name of names) renameSync(join(dist, 'parts', name), join(dist, 'parts', `second-${name}`));
}
