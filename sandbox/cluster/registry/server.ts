import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Delivery, errorPage, ranged } from './answer.ts';

/** Answers a request path (decoded, without the query). */
export type Respond = (path: string) => Promise<Answer>;

/** Starts the simulated nginx on an address; rejects with EADDRINUSE if the port is in use. */
export async function listenHttp(ip: string, port: number, respond: Respond): Promise<Server> {
  const server = createServer((request, response) => {
    send(request, response, respond).catch((cause: unknown) => response.destroy(asError(cause)));
  });
  server.listen(port, ip);
  await once(server, 'listening');
  return server;
}

/** Closes a server and its connections. */
export async function closeHttp(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function send(request: IncomingMessage, response: ServerResponse, respond: Respond): Promise<void> {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const path = decoded(request.url ?? '/');
  const whole =
    isRead && path !== null
      ? await respond(path)
      : errorPage(isRead ? 400 : 405, isRead ? 'Bad Request' : 'Not Allowed');
  const { status, headers, body, delivery } = ranged(whole, request.headers.range);
  response.writeHead(status, { server: 'nginx/1.27.0', ...headers, 'content-length': body.length });
  if (request.method === 'HEAD') response.end();
  else if (delivery === undefined) response.end(body);
  else await deliver(body, delivery, response);
}

/** Pieces of a slow body for each second. */
const PIECES = 10;

async function deliver(body: Buffer, delivery: Delivery, response: ServerResponse): Promise<void> {
  if (delivery.is === 'slow') return await trickle(body, delivery.bytesPerSecond, response);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => {
    if (delivery.is === 'cut') response.socket?.end();
    if (delivery.is === 'reset') response.socket?.resetAndDestroy();
  });
}

async function trickle(body: Buffer, bytesPerSecond: number, response: ServerResponse): Promise<void> {
  const piece = Math.max(1, Math.floor(bytesPerSecond / PIECES));
  for (let from = 0; from < body.length && !response.destroyed; from += piece) {
    response.write(body.subarray(from, from + piece));
    await sleep(1000 / PIECES);
  }
  response.end();
}

function decoded(url: string): string | null {
  try {
    const path = decodeURIComponent(url.replace(/[?#].*$/s, ''));
    return path.startsWith('/') && !path.split('/').includes('..') ? path.replaceAll(/\/{2,}/g, '/') : null;
  } catch (cause) {
    if (cause instanceof URIError) return null;
    throw cause;
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
