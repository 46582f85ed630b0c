import { createHash } from 'node:crypto';
import { z } from 'zod';
import { codeOf } from '../../../domain/text/error-code.ts';
import { readNumbered, writeNumbered } from '../../files/numbered-file.ts';
import { fileFailed } from '../node/file-failed.ts';
import { bytesOf, type OpenFile, sameStill } from '../node/open-file.ts';

/** Writes a log line: a fixed sentence and its fields. */
export type Log = (says: string, fields: Readonly<Record<string, string>>) => void;

/** A cluster has a handful of archives; the oldest entries are dropped. */
const KEPT = 200;

const cacheSchema = z.object({
  sha256: z.record(z.string().regex(/^\d+(:\d+){4}$/), z.string().regex(/^[0-9a-f]{64}$/)),
});

/** SHA-256 of files, cached by identity, so that a large archive is read once and not at every inspection. */
export class Digests {
  readonly #cachePath: string | undefined;
  readonly #isKept: boolean;
  readonly #log: Log;
  readonly #known = new Map<string, string>();
  /** Hashes in progress, shared so that several copies of one archive read it once. */
  readonly #coming = new Map<string, Promise<string>>();
  #loaded = false;

  /** `isKept`: new digests are written into the cache file. */
  constructor(cachePath: string | undefined, log: Log, isKept = true) {
    this.#cachePath = cachePath;
    this.#isKept = isKept;
    this.#log = log;
  }

  /** Digest of a whole file. Throws `bootstrap-file` when the file changes meanwhile. */
  async whole(file: OpenFile, signal: AbortSignal): Promise<string> {
    await this.#load();
    const known = this.#known.get(file.identity);
    if (known !== undefined) return known;
    const shared = await this.#coming.get(file.identity)?.catch(() => undefined);
    signal.throwIfAborted();
    // The other hash may have been aborted.
    if (shared !== undefined) return shared;
    const coming = this.#hash(file, signal);
    this.#coming.set(file.identity, coming);
    try {
      return await coming;
    } finally {
      if (this.#coming.get(file.identity) === coming) this.#coming.delete(file.identity);
    }
  }

  async #hash(file: OpenFile, signal: AbortSignal): Promise<string> {
    const sha256 = await this.part(file, file.size, signal);
    this.#known.set(file.identity, sha256);
    await this.#save();
    return sha256;
  }

  /** Digest of a file's first bytes; not cached. */
  async part(file: OpenFile, bytes: number, signal: AbortSignal): Promise<string> {
    if (bytes > file.size) throw fileFailed(file.path, `it has ${file.size} bytes, not ${bytes}`);
    const hash = createHash('sha256');
    for await (const chunk of bytesOf(file, 0, bytes, signal, 'one')) hash.update(chunk);
    await sameStill(file);
    return hash.digest('hex');
  }

  async #load(): Promise<void> {
    if (this.#loaded || this.#cachePath === undefined) return;
    this.#loaded = true;
    const stored = await readNumbered(this.#cachePath, cacheSchema);
    if (stored === null) return;
    if ('content' in stored) for (const entry of Object.entries(stored.content.sha256)) this.#known.set(...entry);
    else this.#log('Digest cache discarded; archives are hashed again', { path: this.#cachePath, why: stored.why });
  }

  /** Never fails: a lost cache only costs time. */
  async #save(): Promise<void> {
    if (this.#cachePath === undefined || !this.#isKept) return;
    for (const identity of [...this.#known.keys()].slice(0, -KEPT)) this.#known.delete(identity);
    try {
      const sha256 = Object.fromEntries(this.#known);
      await writeNumbered(this.#cachePath, { sha256 });
    } catch (error) {
      this.#log('Digest cache could not be written', { path: this.#cachePath, why: codeOf(error) });
    }
  }
}
