import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeFolder } from '../../test/harness/stage/own-folder.ts';
import { treeOf } from '../../test/upgrade/former.ts';

/** The files of another commit. */
export interface FormerTree {
  readonly commit: string;
  readonly folder: string;
  close(): Promise<void>;
}

/** Checks out a commit beside this one, with the packages of this one. Throws if there is no such commit. */
export async function formerTree(ref: string): Promise<FormerTree> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-former-'));
  const close = () => removeFolder(folder);
  try {
    return { commit: treeOf(ref, folder), folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}
