import { z } from 'zod';
import type { BootstrapFacts, SolutionsFile } from '../../domain/cluster/facts.ts';
import type { ArchiveFiles, BootstrapNode, ListedArchives, OpenArchive } from '../../ports/cluster.ts';
import { Digests, type Log } from './archives/digests.ts';
import { type InspectedArchive, inspectArchive, type Listed } from './archives/inspect-archive.ts';
import { type BootstrapFile, bootstrapFile, solutionsFile } from './node/config-files.ts';
import { fileFailed } from './node/file-failed.ts';
import { machineBelow } from './node/machine.ts';
import { type IsoMount, isoMounts } from './node/mounts.ts';
import { bytesAt, bytesOf, NotAFile, type OpenFile, openFile, sameStill } from './node/open-file.ts';
import { below, systemWords, withoutLinks } from './node/paths.ts';
import { runningScripts } from './node/scripts.ts';
import { readYaml } from './node/yaml-file.ts';

export interface BootstrapNodeOptions {
  /** The node's root folder on this computer: `/`, except in the sandbox and in tests. */
  readonly root: string;
  /** Paths on the node, for example /etc/metalk8s/bootstrap.yaml. */
  readonly bootstrapFile: string;
  readonly solutionsFile: string;
  /** The worker's own file, not below the root; without it digests are kept in memory only. */
  readonly digestCachePath?: string;
  /** False: the file is the worker's, and is only read. */
  readonly keepsDigests?: boolean;
  readonly log?: Log;
}

/** The bootstrap node's port, and its archives as open files. */
export type LocalBootstrapNode = BootstrapNode & ArchiveFiles & ListedArchives;

/** The bootstrap node's files, read locally. */
export function bootstrapNode(options: BootstrapNodeOptions): LocalBootstrapNode {
  const digests = new Digests(options.digestCachePath, options.log ?? warn, options.keepsDigests);
  /** Identity of each archive at the last inspection, by path. */
  const seen = new Map<string, string>();
  return {
    async look(signal) {
      const { facts, inspected } = await inspect(options, digests, signal);
      for (const { listed, identity } of inspected) {
        if (listed.is === 'sound' && identity !== undefined) seen.set(listed.archive.path, identity);
      }
      return facts;
    },
    glance: async (signal) => (await inspect(options, digests, signal)).facts,
    listed: async (signal) => JSON.stringify(await configured(options, signal)),
    scripts: async (signal) => {
      signal.throwIfAborted();
      return await runningScripts(options.root);
    },
    read: (path, from, signal) => readFrom(options.root, path, from, seen, signal),
    open: async (path, signal) => {
      signal.throwIfAborted();
      return openArchive(await openAsSeen(options.root, path, seen));
    },
    async sha256(path, signal, bytes) {
      const file = await openListed(options.root, path);
      try {
        return await (bytes === undefined ? digests.whole(file, signal) : digests.part(file, bytes, signal));
      } finally {
        await file.handle.close();
      }
    },
  };
}

const warn: Log = (says, fields) => process.emitWarning(`${says} ${JSON.stringify(fields)}`);

async function inspect(
  { root, ...names }: BootstrapNodeOptions,
  digests: Digests,
  signal: AbortSignal,
): Promise<{ readonly facts: BootstrapFacts; readonly inspected: readonly InspectedArchive[] }> {
  const { bootstrap, solutions } = await configured({ root, ...names }, signal);
  const listed: readonly Listed[] = [
    ...listedIn(names.bootstrapFile, 'metalk8s', bootstrap),
    ...listedIn(names.solutionsFile, 'solution', solutions),
  ];
  const mounts = await isoMounts(root);
  const inspected: InspectedArchive[] = [];
  // In sequence, because parallel hashes slow the disk down.
  for (const one of listed) inspected.push(await inspectArchive(one, { root, mounts, digests, signal }));
  const machine = await machineBelow(root);
  const facts: BootstrapFacts = {
    ...(machine === null ? {} : { machine }),
    bootstrapFile: bootstrap.is === 'good' ? { is: 'good' } : bootstrap,
    solutionsFile: solutions,
    archives: inspected.map((one) => one.listed),
    mountedUnlisted: await solutionsAmong(unlisted(mounts, listed, inspected), root),
  };
  return { facts, inspected };
}

/** Both configuration files, without anything that they list. */
async function configured({ root, ...names }: BootstrapNodeOptions, signal: AbortSignal) {
  signal.throwIfAborted();
  const read = (name: string) => readYaml(below(root, name), name);
  return {
    bootstrap: bootstrapFile(await read(names.bootstrapFile), names.bootstrapFile),
    solutions: solutionsFile(await read(names.solutionsFile), names.solutionsFile),
  };
}

function listedIn(name: string, kind: Listed['kind'], file: BootstrapFile | SolutionsFile): readonly Listed[] {
  return ('archives' in file ? file.archives : []).map((path) => ({ path, listedIn: name, kind }));
}

/** Mounts that match no listed archive, neither by ID nor by file; the file itself may be missing or damaged. */
function unlisted(
  mounts: readonly IsoMount[],
  listed: readonly Listed[],
  inspected: readonly InspectedArchive[],
): readonly string[] {
  const ids = new Set(inspected.map((one) => one.id));
  const files = new Set([...listed.map((one) => one.path), ...inspected.map((one) => one.real)]);
  return mounts.filter((one) => !ids.has(one.id) && !files.has(one.backing ?? '')).map((one) => one.id);
}

const kindSchema = z.object({ kind: z.string() });

/**
 * Those of the mounts that MetalK8s takes for a solution, by their manifest (metalk8s_solutions.list_available). A second registry
 * gets a volume for each of them. A manifest that cannot be read counts.
 */
async function solutionsAmong(ids: readonly string[], root: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const name = `/srv/scality/${id}/manifest.yaml`;
    const manifest = await readYaml(below(root, name), name);
    const kind = manifest.is === 'read' ? kindSchema.safeParse(manifest.content).data?.kind : undefined;
    if (manifest.is === 'unreadable' || kind === 'Solution') found.push(id);
  }
  return found;
}

async function* readFrom(
  root: string,
  path: string,
  from: number,
  seen: ReadonlyMap<string, string>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await openAsSeen(root, path, seen);
  try {
    yield* bytesOf(file, from, file.size, signal);
    await sameStill(file);
  } finally {
    await file.handle.close();
  }
}

/** The file as an archive; throws `bootstrap-file`. */
function openArchive(file: OpenFile): OpenArchive {
  return {
    fd: file.handle.fd,
    size: file.size,
    identity: file.identity,
    readAt: async (at, length, into) => {
      const bytes = await bytesAt(file, at, length, into);
      if (bytes === null) throw fileFailed(file.path, 'it became shorter while the worker read it');
      return bytes;
    },
    assertUnchanged: () => sameStill(file),
    close: () => file.handle.close(),
  };
}

/** Opens a path; throws `bootstrap-file` when the file changed after the last inspection. */
async function openAsSeen(root: string, path: string, seen: ReadonlyMap<string, string>): Promise<OpenFile> {
  const file = await openListed(root, path);
  const known = seen.get(path);
  if (known === undefined || known === file.identity) return file;
  await file.handle.close();
  throw fileFailed(path, 'it was changed after the last inspection');
}

/** Opens a path of the node; every error becomes `bootstrap-file`. */
async function openListed(root: string, path: string): Promise<OpenFile> {
  try {
    return await openFile(below(root, await withoutLinks(root, path)));
  } catch (cause) {
    if (cause instanceof NotAFile) throw fileFailed(path, 'it is not a regular file', { cause });
    throw fileFailed(path, systemWords(cause), { cause });
  }
}
