import { Unreachable } from '../../domain/answers/failure.ts';
import { codeOf } from '../../domain/text/error-code.ts';

/** Manifests are some kB; the largest image of MetalK8s has about 30 layers. */
const BODY_LIMIT = 4 * 2 ** 20;

/** One request to a registry. */
export interface Asked {
  readonly method: 'GET' | 'HEAD';
  readonly origin: string;
  readonly path: string;
  readonly accept: string;
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The answer of a registry with status 200; null for 404. Throws Unreachable, or the signal's reason. */
export async function answerOf(asked: Asked): Promise<Answer | null> {
  const { method, origin, accept, signal } = asked;
  const url = `${origin}${asked.path}`;
  const late = AbortSignal.timeout(asked.limitMs);
  try {
    const both = AbortSignal.any([signal, late]);
    const response = await fetch(url, { method, headers: { accept }, redirect: 'manual', signal: both });
    const body = await bodyOf(response);
    if (response.status === 404) return null;
    if (response.status === 200) return { url, headers: response.headers, body };
    throw new Unreachable(origin, 'registry', `The registry answered with status ${response.status} to ${url}.`);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof Unreachable) throw cause;
    const why = late.aborted ? `no answer within ${asked.limitMs} ms` : words(cause);
    throw new Unreachable(origin, 'registry', `The registry did not return ${url}: ${why}.`, { cause });
  }
}

async function bodyOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > BODY_LIMIT) throw new TooMuch();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the address',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_SOCKET: 'the connection was reset',
};

/** fetch wraps the network error as its cause. */
function words(error: unknown): string {
  if (error instanceof TooMuch) return `the answer has more than ${BODY_LIMIT} bytes`;
  const code = error instanceof Error ? codeOf(error.cause) : '';
  return WORDS[code] ?? `the connection failed${code === '' ? '' : ` (${code})`}`;
}
