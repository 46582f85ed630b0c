import { createHash } from 'node:crypto';
import { fileFailed } from '../../src/adapters/bootstrap/node/file-failed.ts';
import type { BootstrapFacts } from '../../src/domain/cluster/facts.ts';
import type { BootstrapNode } from '../../src/ports/cluster.ts';

const CHUNK = 256 * 1024;

/** A bootstrap node in memory, with given facts and files. */
export class FakeBootstrap implements BootstrapNode {
  facts: BootstrapFacts;
  readonly #files = new Map<string, Uint8Array>();
  /** The content of each sound archive at the last inspection. */
  readonly #seen = new Map<string, Uint8Array>();

  constructor(facts: BootstrapFacts, files: Readonly<Record<string, Uint8Array>> = {}) {
    this.facts = facts;
    for (const [path, content] of Object.entries(files)) this.#files.set(path, content);
  }

  /** Replaces or removes a file. */
  put(path: string, content: Uint8Array | null): void {
    if (content === null) this.#files.delete(path);
    else this.#files.set(path, content);
  }

  async look(signal: AbortSignal): Promise<BootstrapFacts> {
    signal.throwIfAborted();
    for (const one of this.facts.archives) {
      const content = one.is === 'sound' ? this.#files.get(one.archive.path) : undefined;
      if (one.is === 'sound' && content !== undefined) this.#seen.set(one.archive.path, content);
    }
    return this.facts;
  }

  async glance(signal: AbortSignal): Promise<BootstrapFacts> {
    signal.throwIfAborted();
    return this.facts;
  }

  async scripts(): Promise<readonly []> {
    return [];
  }

  async *read(path: string, from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted();
    const content = this.#content(path);
    const seen = this.#seen.get(path);
    if (seen !== undefined && seen !== content) throw fileFailed(path, 'it was changed after the last inspection');
    for (let at = from; at < content.length; at += CHUNK) {
      signal.throwIfAborted();
      yield content.subarray(at, at + CHUNK);
      if (this.#files.get(path) !== content) throw fileFailed(path, 'it was changed while the worker read it');
    }
  }

  async sha256(path: string, signal: AbortSignal, bytes?: number): Promise<string> {
    signal.throwIfAborted();
    const content = this.#content(path);
    if (bytes !== undefined && bytes > content.length) throw fileFailed(path, 'it is shorter');
    return createHash('sha256').update(content.subarray(0, bytes)).digest('hex');
  }

  #content(path: string): Uint8Array {
    const content = this.#files.get(path);
    if (content === undefined) throw fileFailed(path, 'there is no such file');
    return content;
  }
}
