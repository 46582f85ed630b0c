import type { Log } from './log.ts';
import type { Process } from './run-process.ts';

/** A part of a process that must be closed. */
interface Closable {
  close(): Promise<unknown>;
}

/** Owns the open parts of a process and closes them in reverse order. */
export class Opened {
  readonly #parts: Closable[] = [];
  readonly #end = new AbortController();

  /** Aborted before the first part is closed, so that running work can end. */
  get ending(): AbortSignal {
    return this.#end.signal;
  }

  /** Registers a part for closing, and returns it. */
  keep<T extends Closable>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  /** Closes every part even if some fail; throws their errors at the end. */
  async close(): Promise<void> {
    this.#end.abort();
    const errors: unknown[] = [];
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await part.close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} parts could not be closed`);
  }
}

/** Starts a process. If one part fails to start, closes the parts before it and throws the error. */
export async function startParts(start: (opened: Opened) => Promise<void>, log: Log): Promise<Process> {
  const opened = new Opened();
  try {
    await start(opened);
  } catch (error) {
    await opened.close().catch((err: unknown) => log.error({ err }, 'A part could not be closed after a failed start'));
    throw error;
  }
  return { stop: () => opened.close() };
}
