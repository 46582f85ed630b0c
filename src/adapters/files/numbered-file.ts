import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { codeOf } from '../../domain/text/error-code.ts';
import { jsonIn } from '../../domain/text/json.ts';
import { replaceFile } from './replace-file.ts';

/** Raised when older versions cannot use a file any more; a new field alone does not raise it. */
const FORMAT = 1;

const numbered = z.object({ version: z.int() });

/** A file's content; null if there is none; or why this version cannot use it. */
export type Stored<T> = { readonly content: T } | { readonly why: string } | null;

/** Reads a JSON file that `writeNumbered` wrote. Never throws. */
export async function readNumbered<T>(path: string, schema: z.ZodType<T>): Promise<Stored<T>> {
  let value: unknown;
  try {
    value = jsonIn(await readFile(path, 'utf8'));
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : { why: `it cannot be read (${codeOf(error)})` };
  }
  const version = numbered.safeParse(value).data?.version ?? 0;
  if (version > FORMAT) return { why: `a newer version of registry-ha wrote it (format ${version})` };
  const read = schema.safeParse(value);
  return version === FORMAT && read.success ? { content: read.data } : { why: 'it is damaged' };
}

/** Replaces the file. Throws the error of the file system. */
export const writeNumbered = (path: string, content: object): Promise<void> =>
  replaceFile(path, JSON.stringify({ version: FORMAT, ...content }));
