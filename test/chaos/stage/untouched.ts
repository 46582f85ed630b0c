import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeReport } from '../../../sandbox/cluster/report.ts';
import type { SimNode, World } from '../../../sandbox/cluster/world.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

/** The digest of each file on a node, by its path there. */
export type Files = ReadonlyMap<string, string>;

/** Every file and everything that runs on the nodes, by node name. */
export interface Untouched {
  readonly nodes: Readonly<Record<string, NodeReport>>;
  readonly files: ReadonlyMap<string, Files>;
}

/** Inspects every node and reads every file on it. */
export async function inspectNodes({ cluster }: Pick<Sandbox, 'cluster'>): Promise<Untouched> {
  return { nodes: await cluster.report(), files: await allFiles(cluster.world) };
}

/** Reads every file on every node. */
export async function allFiles({ nodes }: World): Promise<Untouched['files']> {
  const read = [...nodes.values()].map(async (node) => [node.name, await filesOf(node)] as const);
  return new Map(await Promise.all(read));
}

async function filesOf({ root }: SimNode): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const digests = paths.map(async (path) => [path.slice(root.length), digestOf(await readFile(path))] as const);
  return new Map(await Promise.all(digests));
}

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
