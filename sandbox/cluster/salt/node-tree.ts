import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimNode } from '../world.ts';

/** The sorted names in a directory of a node; empty if it does not exist. */
export async function namesIn(node: SimNode, directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(node.root, directory))).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
