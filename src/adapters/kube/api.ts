import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { z } from 'zod';
import { Unreachable } from '../../domain/answers/failure.ts';
import { codeOf } from '../../domain/text/error-code.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { RunLimits } from '../../ports/nodes.ts';
import type { Connection } from './connection.ts';
import { API } from './kubeconfig.ts';
import { connectionWords, statusWords } from './words.ts';

/** A list of 500 nodes is about 8 MiB. */
const BODY_LIMIT = 32 * 2 ** 20;

/** What is asked for: its path, its schema, and its name in messages (`the list of nodes`). */
export interface Wanted<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly what: string;
}

/** Reads from the API server; null for status 404. Throws Unreachable, or the signal's reason. */
export async function get<T>(connected: Connection, wanted: Wanted<T>, limits: RunLimits): Promise<T | null> {
  const answer = await answerTo(connected, wanted, limits);
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw unreachable(`Asked for ${wanted.what}, the API ${statusWords(answer.status)}.`);
  return understood(answer.body, wanted);
}

/** An object as the API server created it, and the server's time of day in its header Date (RFC 9110); null without one. */
export interface Created<T> {
  readonly object: T;
  readonly serverMs: number | null;
}

/** Creates an object that the API server answers and does not keep, such as a review. Throws Unreachable, or the signal's reason. */
export async function create<T>(
  connected: Connection,
  wanted: Wanted<T>,
  body: object,
  limits: RunLimits,
): Promise<Created<T>> {
  const answer = await answerTo(connected, wanted, limits, JSON.stringify(body));
  if (answer.status !== 201) throw unreachable(`Asked for ${wanted.what}, the API ${statusWords(answer.status)}.`);
  const at = Date.parse(answer.date ?? '');
  return { object: understood(answer.body, wanted), serverMs: Number.isNaN(at) ? null : at };
}

async function answerTo(
  connected: Connection,
  wanted: Wanted<unknown>,
  limits: RunLimits,
  body?: string,
): Promise<Answer> {
  limits.signal.throwIfAborted();
  const options = await connected.requestOptions();
  const late = AbortSignal.timeout(limits.limitMs);
  const sent = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const request = {
    ...options,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...options.headers, ...sent, Accept: 'application/json' },
    signal: AbortSignal.any([limits.signal, late]),
  };
  return await fetched(new URL(connected.server + wanted.path), request, body).catch((cause: unknown) => {
    limits.signal.throwIfAborted();
    const why = late.aborted ? `no answer within ${limits.limitMs} ms` : connectionWords(cause);
    throw unreachable(`${connected.server} did not return ${wanted.what}: ${why}.`, cause);
  });
}

/** Like `get`, for objects that every cluster has: status 404 throws Unreachable. */
export async function getExisting<T>(...args: Parameters<typeof get<T>>): Promise<T> {
  const found = await get<T>(...args);
  if (found === null) throw unreachable(`The API does not have ${args[1].what}.`);
  return found;
}

const unreachable = (says: string, cause?: unknown) => new Unreachable(API, 'kubernetes', says, { cause });

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly date: string | undefined;
}

function fetched(url: URL, options: RequestOptions, body?: string): Promise<Answer> {
  const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      const { statusCode: status = 0, headers } = response;
      bodyOf(response).then((text) => resolve({ status, body: text, date: headers.date }), reject);
    });
    sent.on('error', (error) => {
      // The server may close a kept connection while a request is on its way. A new connection answers or fails by itself.
      if (sent.reusedSocket && codeOf(error) === 'ECONNRESET')
        resolve(fetched(url, { ...options, agent: false }, body));
      else reject(error);
    });
    sent.end(body);
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > BODY_LIMIT) throw new Error(`more than ${BODY_LIMIT} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function understood<T>(body: string, { schema, what }: Wanted<T>): T {
  const parsed = schema.safeParse(json(body));
  if (parsed.success) return parsed.data;
  const where = z.core.toDotPath(parsed.error.issues[0]?.path ?? []);
  const field = where === '' ? '' : ` (see \`${where}\`)`;
  throw unreachable(`The API’s answer for ${what} does not match the Kubernetes API${field}.`, parsed.error);
}

function json(text: string): unknown {
  const value = jsonIn(text);
  if (value === undefined) throw unreachable('The API’s answer is not JSON. Check whether a proxy is in between.');
  return value;
}
