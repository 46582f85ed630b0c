import { type IncomingMessage, request } from 'node:http';
import { Unreachable } from '../../domain/answers/failure.ts';
import { codeOf } from '../../domain/text/error-code.ts';

/** One request to a registry. */
export interface Asked {
  readonly origin: string;
  readonly path: string;
  readonly accept: string;
  /** Limit of each wait for the next bytes. A slow answer may take any time as a whole. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** The answer's address, and its Content-Length if it has one. */
export interface Head {
  readonly url: string;
  readonly length: number | null;
}

/** Takes an answer piece by piece; the next piece is read once it resolves. `done` ends the answer early. */
export interface Taker<T> {
  begin(head: Head): 'read' | 'done';
  take(bytes: Uint8Array): Promise<'read' | 'done'>;
  end(head: Head): T;
}

/** Sends GET, and passes the answer with status 200 to the taker; null for 404. Throws Unreachable, or the signal's reason. */
export async function answerOf<T>(asked: Asked, taker: Taker<T>): Promise<T | null> {
  const { origin, signal } = asked;
  const url = `${origin}${asked.path}`;
  const wait = new Wait(asked.waitMs);
  let received = 0;
  try {
    const response = await wait.over(opened(url, asked.accept, AbortSignal.any([signal, wait.late])));
    const { statusCode = 0, headers } = response;
    if (statusCode === 404) return null;
    if (statusCode !== 200) throw strangeStatus(origin, statusCode, url);
    const head = { url, length: lengthIn(headers['content-length']) };
    const pieces: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
    let next = taker.begin(head);
    while (next === 'read') {
      const { done, value } = await wait.over(pieces.next());
      if (done === true) break;
      received += value.length;
      next = await taker.take(value);
    }
    return taker.end(head);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof Unreachable) throw cause;
    const why = wait.isLate ? `it sent nothing for ${asked.waitMs / 1000} s` : words(cause);
    const so = received === 0 ? '' : ` after ${received} bytes`;
    throw new Unreachable(origin, 'registry', `The registry did not return ${url}: ${why}${so}.`, { cause });
  } finally {
    wait.end();
  }
}

const strangeStatus = (origin: string, status: number, url: string) =>
  new Unreachable(origin, 'registry', `The registry answered with status ${status} to ${url}.`);

/** A connection for each request: a kept one that the registry closes meanwhile would look like a fault. fetch copies each piece of a body. */
function opened(url: string, accept: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { accept, 'accept-encoding': 'identity' };
    let begun: IncomingMessage | undefined;
    const asked = request(url, { agent: false, headers, signal }, (response) => {
      begun = response;
      resolve(response);
    });
    // What breaks the connection of an answer that has begun is told here alone; the answer itself is only cut.
    asked.on('error', (error) => {
      reject(error);
      begun?.destroy(error);
    });
    asked.end();
  });
}

const lengthIn = (length = ''): number | null => (/^\d+$/.test(length) ? Number(length) : null);

/** Limits each wait for the other end; the time that this end needs does not count. */
class Wait {
  readonly #limitMs: number;
  readonly #late = new AbortController();
  isLate = false;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** Aborts the request when a wait was too long, or at the end. */
  get late(): AbortSignal {
    return this.#late.signal;
  }

  async over<T>(waited: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.isLate = true;
      this.#late.abort();
    }, this.#limitMs);
    try {
      return await waited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Frees the connection of an answer that was not read to its end. */
  end(): void {
    this.#late.abort();
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the address',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'timed out',
};

function words(error: unknown): string {
  const code = codeOf(error);
  // Node's own word for an answer that ends too early has the code of a reset, but comes from no system call.
  if (code === 'ECONNRESET' && error instanceof Error && !('syscall' in error)) return 'it closed the connection';
  return WORDS[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}`;
}
