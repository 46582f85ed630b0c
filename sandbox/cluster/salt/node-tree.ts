import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimNode } from '../world.ts';

/** The names in a directory of a node, sorted; none when it is missing. */
export async function namesIn(node: SimNode, directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(node.root, directory))).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
