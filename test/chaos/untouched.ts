import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeReport } from '../../sandbox/cluster/report.ts';
import type { SimNode, World } from '../../sandbox/cluster/world.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { keptManifest, REGISTRY_MANIFEST } from '../../src/domain/node-commands/undo-commands.ts';
import { judgeCluster } from './judge-cluster.ts';

/** The digest of each file on a node, by its path there. */
type Files = ReadonlyMap<string, string>;

/** Everything that lies and runs on the nodes, by their names. */
export interface Untouched {
  readonly nodes: Readonly<Record<string, NodeReport>>;
  readonly files: ReadonlyMap<string, Files>;
}

/** What an undo leaves behind; the side effects in its plan say so. */
const STAYS: ReadonlySet<string> = new Set(['/etc/salt/minion.d/99-metalk8s-local.conf']);

/** Looks at every node and reads every file on it. */
export async function lookAround({ cluster }: Pick<Sandbox, 'cluster'>): Promise<Untouched> {
  return { nodes: await cluster.report(), files: await allFiles(cluster.world) };
}

/** Reads every file on every node. */
export async function allFiles({ nodes }: World): Promise<Untouched['files']> {
  const read = [...nodes.values()].map(async (node) => [node.name, await filesOf(node)] as const);
  return new Map(await Promise.all(read));
}

/** Complaints about a cluster that is not what it was, but for what an undo of this change leaves on the target. */
export function judgeTakenBack(is: Untouched, was: Untouched, target: string, undone: string): readonly string[] {
  const kept = keptManifest(undone);
  const isKept = is.files.get(target)?.has(kept) === true;
  return [
    ...judgeCluster(is.nodes, was.nodes),
    ...[...was.files].flatMap(([node, files]) =>
      differing(is.files.get(node) ?? new Map(), files)
        .filter(({ path }) => node !== target || (path !== kept && !STAYS.has(path)))
        .map(({ path, how }) => `${node}: ${path} ${how}`),
    ),
    ...(isKept ? [] : [`${target}: ${REGISTRY_MANIFEST} was not kept as ${kept}`]),
  ];
}

function differing(is: Files, was: Files): readonly { readonly path: string; readonly how: string }[] {
  return [...new Set([...is.keys(), ...was.keys()])].toSorted().flatMap((path) => {
    if (is.get(path) === was.get(path)) return [];
    return [{ path, how: was.has(path) ? (is.has(path) ? 'is another one' : 'is gone') : 'is new' }];
  });
}

async function filesOf({ root }: SimNode): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digests = paths.map(async (path) => [path.slice(root.length), digestOf(await readFile(path))] as const);
  return new Map(await Promise.all(digests));
}

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
