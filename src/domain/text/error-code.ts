/** The code of an error of the system, of Node or of OpenSSL (`ENOENT`); '' for anything else. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
