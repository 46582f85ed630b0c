import type { Log } from './log.ts';
import type { Process } from './run-process.ts';

/** A part that is open until it is closed. */
interface Closable {
  close(): Promise<unknown>;
}

/** The open parts of a process. It owns them: whatever is kept here is closed here, the last one first. */
export class Opened {
  readonly #parts: Closable[] = [];
  readonly #end = new AbortController();

  /** Aborted before the first part is closed, for work that has to end by itself. */
  get ending(): AbortSignal {
    return this.#end.signal;
  }

  /** Keeps a part until the end, and gives it back. */
  keep<T extends Closable>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  /** Closes every part, even when another one cannot be closed; throws the errors of those afterwards. */
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

/** Starts a process from parts. When one of them cannot be started, those before it are closed, and its error is thrown. */
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
