import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { codeOf } from '../../domain/text/error-code.ts';
import type { TargetDigests } from '../../ports/copier.ts';

/** Nodes times archives of a cluster are some dozens; the oldest leave. */
const KEPT = 2_000;

const cacheSchema = z.object({
  version: z.literal(1),
  files: z.array(
    z.object({
      node: z.string(),
      path: z.string(),
      identity: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

type Entry = z.infer<typeof cacheSchema>['files'][number];

export interface TargetDigestsOptions {
  /** The worker's own file; without it everything is forgotten at the end. */
  readonly path?: string;
  readonly log: (says: string, fields: Readonly<Record<string, string>>) => void;
}

/** Reads what an earlier worker has proven. A damaged file is an empty one: what it held is proven again. */
export async function openTargetDigests({ path, log }: TargetDigestsOptions): Promise<TargetDigests> {
  const known = new Map<string, Entry>();
  if (path !== undefined) for (const entry of await readEntries(path, log)) known.set(fileKeyOf(entry), entry);
  let writing: Promise<void> = Promise.resolve();
  return {
    known: (node, file) => known.get(fileKeyOf({ node, path: file })) ?? null,
    remember(node, file, identity, sha256) {
      const entry = { node, path: file, identity, sha256 };
      known.delete(fileKeyOf(entry));
      known.set(fileKeyOf(entry), entry);
      for (const name of [...known.keys()].slice(0, -KEPT)) known.delete(name);
      if (path !== undefined) writing = writing.then(() => writeEntries(path, [...known.values()], log));
      return writing;
    },
  };
}

const fileKeyOf = ({ node, path }: Pick<Entry, 'node' | 'path'>): string => `${node}\n${path}`;

async function readEntries(path: string, log: TargetDigestsOptions['log']): Promise<readonly Entry[]> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(path, 'utf8'))).files;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    const why = codeOf(error) === '' ? 'it is damaged' : codeOf(error);
    log('The digests of files on targets are thrown away; they are hashed again.', { path, why });
    return [];
  }
}

/** Written beside and renamed, so that a crash leaves the old one or the new one. */
async function writeEntries(path: string, files: readonly Entry[], log: TargetDigestsOptions['log']): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  try {
    await writeFile(beside, JSON.stringify({ version: 1, files }), { mode: 0o600, flush: true });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    log('The digests of files on targets could not be written.', { path, why: codeOf(error) });
  }
}
