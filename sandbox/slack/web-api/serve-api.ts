import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyFields, readBody, sendJson } from '../http-body.ts';
import { textOf } from '../json.ts';
import type { Site } from '../site/site.ts';
import { refuse } from './answer.ts';
import { type ApiOutcome, runCall, scopesOf } from './call.ts';

/** Longer than any client waits for an answer. */
const HANG_LIMIT_MS = 120_000;

/** Answers `POST /api/METHOD`. */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  site: Site,
): Promise<void> {
  const body = bodyFields(request.headers['content-type'], await readBody(request));
  const args = body.is === 'fields' ? body.fields : {};
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? textOf(args.token);
  const outcome: ApiOutcome =
    body.is === 'unreadable' || request.method !== 'POST'
      ? { is: 'answered', answer: refuse(body.is === 'unreadable' ? body.error : 'invalid_post_type') }
      : runCall({ method, token, args }, site);
  record(method, outcome, site);
  await send(response, outcome, {
    'x-oauth-scopes': scopesOf(token, site).join(','),
    'x-slack-req-id': site.newId(),
  });
}

/** Sends the result of a call. */
export async function send(
  response: ServerResponse,
  outcome: ApiOutcome,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  switch (outcome.is) {
    case 'answered':
      return sendJson(response, 200, outcome.answer, headers);
    case 'rate-limited':
      return sendJson(response, 429, refuse('ratelimited'), { ...headers, 'retry-after': String(outcome.seconds) });
    case 'unavailable':
      response.writeHead(503, { 'content-type': 'text/plain' });
      response.end('Service Unavailable');
      return;
    case 'hanging':
      return dropWhen(response, AbortSignal.any([outcome.until, AbortSignal.timeout(HANG_LIMIT_MS)]));
  }
}

/** Keeps the request open without an answer until the fault is cleared, the limit is reached or the client disconnects. */
function dropWhen(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const drop = (): void => {
    response.destroy();
  };
  response.once('close', () => {
    signal.removeEventListener('abort', drop);
    resolve();
  });
  if (signal.aborted) drop();
  else signal.addEventListener('abort', drop, { once: true });
  return promise;
}

/** Keeps a call for tests. */
export function record(method: string, outcome: ApiOutcome, site: Site): void {
  const at = new Date(site.now()).toISOString();
  const error = errorOf(outcome);
  site.calls.push(error === undefined ? { method, ok: true, at } : { method, ok: false, error, at });
}

function errorOf(outcome: ApiOutcome): string | undefined {
  switch (outcome.is) {
    case 'answered':
      return outcome.answer.error;
    case 'rate-limited':
      return 'ratelimited';
    case 'unavailable':
      return 'http_503';
    case 'hanging':
      return 'timeout';
  }
}
