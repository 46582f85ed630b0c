import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../../domain/text/error-code.ts';
import { syncFolder, writeNewFile } from '../../files/replace-file.ts';
import { journalUnusable } from './failures.ts';

/** Creates the folder (0700) if missing; refuses a folder that others can write to. */
export async function privateFolder(path: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if ((mode & 0o022) === 0) return;
  throw journalUnusable(path, `Other users can write to its folder ${folder}.`, `Run \`chmod go-w ${folder}\`.`);
}

/** Opens the journal's file for its owner only; creates it durably if missing. */
export async function openPrivateFile(path: string): Promise<FileHandle> {
  const file = await open(path, 'a+', 0o600);
  try {
    await file.chmod(0o600);
    await syncFolder(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Moves an unfinished last line to `<path>.torn-<n>`, for people only. */
export async function setAside(path: string, file: FileHandle, good: number, torn: Buffer): Promise<void> {
  if (torn.length === 0) return;
  for (let n = 1; ; n += 1) {
    try {
      await writeNewFile(`${path}.torn-${n}`, torn);
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  await syncFolder(path);
  await file.truncate(good);
  await file.datasync();
}
