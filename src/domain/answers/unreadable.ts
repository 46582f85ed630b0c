import { codeOf } from '../text/error-code.ts';

/** Who reads a file, and who else may. */
export interface Reading {
  /** Null where the system has no user numbers. */
  readonly uid: number | null;
  /** Whether other users may not read it. */
  readonly isSecret: boolean;
}

/** The commands that let this process read a file; null if its rights are not the reason, or are not known. */
export function howToLetRead(path: string, error: unknown, { uid, isSecret }: Reading): string | null {
  if (uid === null || codeOf(error) !== 'EACCES') return null;
  const command = isSecret ? `chown ${uid} ${path}` : `chmod a+rX ${path}`;
  return `This process is user ${uid}, who may not read it. As root, run \`${command}\`. If that does not help, \`namei -l ${path}\` shows which folder above is closed to this user.`;
}
