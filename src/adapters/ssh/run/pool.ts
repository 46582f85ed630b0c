import type { Client } from 'ssh2';

/** An idle connection is closed after this time. */
const IDLE_MS = 60_000;
/** Timeout for closing a connection. */
const GOODBYE_MS = 2_000;

/** A connection lent to one run. */
export interface Loan {
  readonly client: Client;
  /** Returns it; `retire` removes it from the pool and closes it after its last run. */
  release(options: { readonly retire: boolean }): void;
}

interface Kept {
  readonly client: Promise<Client>;
  runs: number;
  idle: NodeJS.Timeout | undefined;
}

/** One connection per name, shared by runs, closed when idle. */
export class ConnectionPool {
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new AbortController();

  async borrow(name: string, dial: (closing: AbortSignal) => Promise<Client>): Promise<Loan> {
    this.#closing.signal.throwIfAborted();
    const kept = this.#kept.get(name) ?? this.#open(name, dial);
    kept.runs += 1;
    clearTimeout(kept.idle);
    try {
      const client = await kept.client;
      return { client, release: ({ retire }) => this.#release(name, kept, client, retire) };
    } catch (error) {
      kept.runs -= 1;
      throw error;
    }
  }

  /** Closes every connection, with a timeout. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The SSH shell is closed.'));
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.allSettled(all.map(async (kept) => this.#end(kept, await kept.client)));
  }

  #open(name: string, dial: (closing: AbortSignal) => Promise<Client>): Kept {
    const kept: Kept = { client: dial(this.#closing.signal), runs: 0, idle: undefined };
    this.#kept.set(name, kept);
    kept.client.then(
      (client) => client.once('close', () => this.#forget(name, kept)),
      () => this.#forget(name, kept),
    );
    return kept;
  }

  #forget(name: string, kept: Kept): void {
    clearTimeout(kept.idle);
    if (this.#kept.get(name) === kept) this.#kept.delete(name);
  }

  #release(name: string, kept: Kept, client: Client, retire: boolean): void {
    kept.runs -= 1;
    if (retire) this.#forget(name, kept);
    if (kept.runs > 0) return;
    if (this.#kept.get(name) !== kept) {
      client.destroy();
      return;
    }
    kept.idle = setTimeout(() => {
      this.#forget(name, kept);
      client.end();
    }, IDLE_MS).unref();
  }

  #end(kept: Kept, client: Client): Promise<void> {
    clearTimeout(kept.idle);
    return new Promise((resolve) => {
      const hurry = setTimeout(() => {
        client.destroy();
        resolve();
      }, GOODBYE_MS);
      client.once('close', () => {
        clearTimeout(hurry);
        resolve();
      });
      client.end();
    });
  }
}
