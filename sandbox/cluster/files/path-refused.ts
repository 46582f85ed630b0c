/** strerror(3) texts of the errors that a node's programs can meet. */
const WORDS = {
  EACCES: 'Permission denied',
  EEXIST: 'File exists',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENOTEMPTY: 'Directory not empty',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  EXDEV: 'Invalid cross-device link',
} as const;

export type PathErrorCode = keyof typeof WORDS;

/** The node's kernel refused a path; `message` is the strerror(3) text. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
  readonly code: PathErrorCode;
  constructor(code: PathErrorCode) {
    super(WORDS[code]);
    this.code = code;
  }
}

/** The strerror(3) text for an error of a file operation; rethrows other errors. */
export function errorWords(error: unknown): string {
  if (error instanceof PathRefused) return error.message;
  if (error instanceof Error && 'code' in error) {
    for (const [code, words] of Object.entries(WORDS)) if (error.code === code) return words;
  }
  throw error;
}
