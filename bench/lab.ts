import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, mkdtemp, open, readFile, rm, statfs } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { bootstrapNode, type LocalBootstrapNode } from '../src/adapters/bootstrap/bootstrap-node.ts';
import { sshShell } from '../src/adapters/ssh/run/shell.ts';
import type { NodeAccess } from '../src/domain/cluster/facts.ts';
import type { NodeShell } from '../src/ports/nodes.ts';
import { type Sshd, startSshd } from '../test/fixtures/sshd.ts';
import { removeFolder } from '../test/harness/stage/own-folder.ts';

const MIB = 1024 * 1024;
/** Space that a bench needs, in sizes of its file: source, three targets, a second archive, and leftovers of a round. */
const ROOM = 9;

/** A target: a real sshd, and the folder for its archives. */
export interface Target {
  readonly sshd: Sshd;
  readonly access: NodeAccess;
  readonly folder: string;
}

/** A file on the bootstrap node. */
export interface SourceFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Everything that a bench needs; `close` removes it. */
export interface Lab {
  readonly folder: string;
  /** Incompressible. */
  readonly plain: SourceFile;
  /** Two files that share 70 % of their content in runs of whole sectors. */
  readonly old: SourceFile;
  readonly next: SourceFile;
  /** Shares 95 % with the old one, as a patch release. */
  readonly patch: SourceFile;
  readonly targets: readonly [Target, Target, Target];
  readonly knownHosts: string;
  /** A shell that is not yet connected. */
  shell(): NodeShell;
  /** The bootstrap node as the copier sees it; `digests` is the folder of its digest cache. */
  bootstrap(digests?: string): LocalBootstrapNode;
  /** Makes the source file available at its path on a target. */
  offer(source: SourceFile, path: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a lab with files of `mib` MiB: in memory if there is room, to keep the disk out of the race; else below `where`. */
export async function startLab(mib: number, where?: string): Promise<Lab> {
  const folder = await mkdtemp(join(where ?? (await roomyFolder(mib * MIB)), 'registry-ha-bench-'));
  const knownHosts = join(folder, 'known_hosts');
  const root = join(folder, 'bootstrap');
  const targets = [
    await startTarget(folder, 1, knownHosts),
    await startTarget(folder, 2, knownHosts),
    await startTarget(folder, 3, knownHosts),
  ] as const;
  await mkdir(root);
  const lab = {
    folder,
    targets,
    knownHosts,
    plain: await writeNoise(join(folder, 'plain.iso'), mib, [{ seed: 1, from: 0, mib }]),
    old: await writeNoise(join(folder, 'old.iso'), mib, [{ seed: 2, from: 0, mib }]),
    next: await writeNoise(join(folder, 'next.iso'), mib, sharedRuns(mib, SEVENTY)),
    patch: await writeNoise(join(folder, 'patch.iso'), mib, sharedRuns(mib, NINETY_FIVE)).finally(() => kept.clear()),
    shell: () => sshShell({ knownHostsPath: knownHosts }),
    bootstrap: (digests?: string) =>
      bootstrapNode({
        root,
        bootstrapFile: '/none',
        solutionsFile: '/none',
        ...(digests === undefined ? {} : { digestCachePath: digests }),
      }),
    offer: async (source: SourceFile, path: string) => {
      const at = join(root, path);
      await mkdir(dirname(at), { recursive: true });
      await rm(at, { force: true });
      await link(source.path, at);
    },
    close: async () => {
      for (const { sshd } of targets) await sshd.close();
      await removeFolder(folder);
    },
  };
  return lab;
}

/** In memory if there is room. Copies refuse folders that everybody can change, such as /dev/shm and /tmp. */
async function roomyFolder(bytes: number): Promise<string> {
  const inMemory = process.getuid?.() === 0 ? '/run' : `/run/user/${process.getuid?.()}`;
  const memory = await statfs(inMemory).catch(() => null);
  const free = memory === null ? 0 : memory.bavail * memory.bsize;
  return free > ROOM * bytes ? inMemory : homedir();
}

async function startTarget(above: string, number: 1 | 2 | 3, knownHosts: string): Promise<Target> {
  const home = join(above, `node-${number}`);
  await mkdir(home);
  const sshd = await startSshd({
    folder: home,
    host: `127.0.0.${number}`,
    config: ['Subsystem sftp internal-sftp'],
  });
  const { host, port, user, userKeyPath: keyPath } = sshd;
  const access: NodeAccess = { node: `node-${number}`, host, port, user, keyPath, sudo: false };
  const shell = sshShell({ knownHostsPath: knownHosts });
  const limits = { signal: AbortSignal.timeout(20_000), limitMs: 15_000 };
  await shell.pin([{ node: access.node, key: await shell.hostKey(access, limits) }]);
  await shell.close();
  const folder = join(home, 'archives');
  await mkdir(folder);
  return { sshd, access, folder };
}

interface Run {
  readonly seed: number;
  /** The start within the seed's noise, in MiB. */
  readonly from: number;
  readonly mib: number;
}

/** Ten parts, three of them new, and all at another offset: as an image that grew and moved the others. */
const SEVENTY = [9, 'new', 0, 1, 'new', 5, 3, 'new', 7, 2] as const;
/** Twenty parts, one of them new, and those behind it at another offset. */
const NINETY_FIVE = [0, 1, 2, 'new', ...Array.from({ length: 16 }, (_, at) => at + 3)] as const;

function sharedRuns(mib: number, parts: readonly (number | 'new')[]): readonly Run[] {
  const size = Math.floor(mib / parts.length);
  const runs = parts.map((from, at): Run => {
    return from === 'new' ? { seed: 3 + at, from: 0, mib: size } : { seed: 2, from: from * size, mib: size };
  });
  const rest = parts.length * size;
  return [...runs, { seed: 2, from: rest, mib: mib - rest }].filter((run) => run.mib > 0);
}

/** Noise in MiB blocks: the same seed and offset give the same bytes, so that two files can share them. */
async function writeNoise(path: string, mib: number, runs: readonly Run[]): Promise<SourceFile> {
  const file = await open(path, 'w');
  try {
    for (const run of runs) {
      for (let at = 0; at < run.mib; at += 1) await file.write(noiseAt(run.seed, run.from + at));
    }
  } finally {
    await file.close();
  }
  return { path, size: mib * MIB, sha256: await sha256Of(path) };
}

/** The old archive's noise, until both files are written. */
const kept = new Map<string, Buffer>();

/** Random noise; the old archive's is kept, so that the next archive can share it. */
function noiseAt(seed: number, at: number): Buffer {
  const name = `${seed}:${at}`;
  const known = kept.get(name);
  if (known !== undefined) return known;
  const fresh = randomFillSync(Buffer.alloc(MIB));
  if (seed === 2) kept.set(name, fresh);
  return fresh;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Throws if the copy differs from the source. */
export async function assertSame(path: string, { sha256 }: SourceFile): Promise<void> {
  const there = await sha256Of(path);
  if (there !== sha256) throw new Error(`${path} has SHA-256 ${there} after the copy. Expected ${sha256}.`);
}

/** CPU seconds used by this process and its ended children (proc(5), fields 14–17). */
export async function cpuSeconds(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / 100;
}
