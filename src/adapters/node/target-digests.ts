import { z } from 'zod';
import { codeOf } from '../../domain/text/error-code.ts';
import { serialQueue } from '../../flow/serial-queue.ts';
import type { TargetDigests } from '../../ports/copier.ts';
import { readNumbered, writeNumbered } from '../files/numbered-file.ts';

/** A cluster has some dozens of entries (nodes × archives); the oldest are dropped. */
const KEPT = 2_000;

const cacheSchema = z.object({
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
  /** The worker's own file; without it digests are kept in memory only. */
  readonly path?: string;
  /** False: the file is the worker's, and is only read. */
  readonly isKept?: boolean;
  readonly log: (says: string, fields: Readonly<Record<string, string>>) => void;
}

/** Reads digests that an earlier worker has verified. A damaged file counts as empty. */
export async function openTargetDigests({ path, log, isKept = true }: TargetDigestsOptions): Promise<TargetDigests> {
  const known = new Map<string, Entry>();
  if (path !== undefined) for (const entry of await readEntries(path, log)) known.set(fileKeyOf(entry), entry);
  const inTurn = serialQueue();
  return {
    known: (node, file) => known.get(fileKeyOf({ node, path: file })) ?? null,
    remember(node, file, identity, sha256) {
      const entry = { node, path: file, identity, sha256 };
      known.delete(fileKeyOf(entry));
      known.set(fileKeyOf(entry), entry);
      for (const name of [...known.keys()].slice(0, -KEPT)) known.delete(name);
      return inTurn(async () => {
        if (path !== undefined && isKept) await writeEntries(path, [...known.values()], log);
      });
    },
  };
}

const fileKeyOf = ({ node, path }: Pick<Entry, 'node' | 'path'>): string => `${node}\n${path}`;

async function readEntries(path: string, log: TargetDigestsOptions['log']): Promise<readonly Entry[]> {
  const stored = await readNumbered(path, cacheSchema);
  if (stored === null) return [];
  if ('content' in stored) return stored.content.files;
  log('Target digest cache discarded; files are hashed again', { path, why: stored.why });
  return [];
}

async function writeEntries(path: string, files: readonly Entry[], log: TargetDigestsOptions['log']): Promise<void> {
  try {
    await writeNumbered(path, { files });
  } catch (error) {
    log('Target digest cache could not be written', { path, why: codeOf(error) });
  }
}
