/** The code of a system, Node or OpenSSL error (`ENOENT`); '' for any other error. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
