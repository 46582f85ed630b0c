import { codeOf } from '../text/error-code.ts';

/** The bits of a mode that a secret file must not have. Group may read: Kubernetes mounts a secret with fsGroup as mode 0440. */
export const NOT_SECRET = 0o037;

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
  return `This process is user ${uid}, without permission to read it. As root, run \`${command}\`. If that does not help, \`namei -l ${path}\` shows which folder above is closed to this user.`;
}
