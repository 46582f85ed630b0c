import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pause } from '../salt/pace.ts';
import type { NodeActs, World } from '../world.ts';
import type { Access } from './access/access.ts';
import { REVIEWS_PATH, reviewed } from './access/review.ts';
import { ExecDoor } from './exec/exec-door.ts';
import { answerGet } from './objects/routes.ts';
import { inForm, wantsTable } from './objects/table.ts';
import { type ApiAnswer, failure, internalError } from './status.ts';
import { isWatch, watchList } from './watch.ts';

/** What every API server of a cluster shares. */
export interface ApiParts {
  readonly world: World;
  readonly acts: NodeActs;
  readonly access: Access;
  readonly execOnHost: boolean;
}

/** One machine's API server. */
export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts an API server at an address; port 0 is any free one. */
export async function startApiServer(
  { world, acts, access, execOnHost }: ApiParts,
  at: { readonly ip: string; readonly port: number },
  identity: Pick<ServerOptions, 'key' | 'cert' | 'ca'>,
): Promise<ApiServer> {
  const server = createServer({ ...identity, requestCert: true, rejectUnauthorized: false });
  const door = new ExecDoor(world, acts, execOnHost);
  const onChange = () => dropWhenDown(world, server, door);
  world.events.on('changed', onChange);
  serve(world, server, door, access);
  server.listen(at.port, at.ip);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    world.events.off('changed', onChange);
    await closeAll(server, door);
  };
  return { port: portOf(server), close };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the API server has no port');
  return address.port;
}

async function closeAll(server: Server, door: ExecDoor): Promise<void> {
  door.close();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function dropWhenDown(world: World, server: Server, door: ExecDoor): void {
  if (!world.faults.isOn('kube-down')) return;
  server.closeAllConnections();
  door.drop();
}

function serve(world: World, server: Server, door: ExecDoor, access: Access): void {
  const isDown = () => world.faults.isOn('kube-down');
  server.on('connection', (socket) => (isDown() ? socket.destroy() : undefined));
  server.on('request', (request, response) => {
    if (isDown()) request.socket.destroy();
    else void answer(world, access, request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    // The client disconnected during the upgrade, so nobody can receive an error.
    socket.on('error', () => socket.destroy());
    if (isDown()) socket.destroy();
    else void upgrade({ world, door, access }, request, socket, head);
  });
}

async function answer(world: World, access: Access, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reply = await replyTo(world, access, request, response);
  if (reply === null || response.destroyed) return;
  const body = reply.isText === true ? String(reply.body) : JSON.stringify(reply.body);
  const type = reply.isText === true ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(reply.code, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Null for a watch that has been answered. */
async function replyTo(
  world: World,
  access: Access,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<ApiAnswer | null> {
  try {
    await slow(world);
    const refusal = access.refusalFor(request);
    if (refusal !== null) return refusal;
    const url = urlOf(world, request);
    if (url.pathname.endsWith('/exec')) return failure(400, 'BadRequest', 'Upgrade request required');
    if (request.method === 'POST' && url.pathname === REVIEWS_PATH) {
      return reviewed(await text(request), (asked) => access.allows(request, asked));
    }
    if (request.method !== 'GET') {
      return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
    }
    const asTable = wantsTable(request.headers.accept);
    if (isWatch(url)) return await watchList(world, url, asTable, response);
    return inForm(await answerGet(world, url), asTable);
  } catch (error) {
    return { code: 500, body: internalError(error instanceof Error ? error.message : String(error)) };
  }
}

async function upgrade(
  { world, door, access }: { readonly world: World; readonly door: ExecDoor; readonly access: Access },
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  try {
    await slow(world);
    const refusal = access.refusalFor(request) ?? (await door.open(urlOf(world, request), request, socket, head));
    if (refusal !== null) refuse(socket, refusal);
  } catch (error) {
    refuse(socket, { code: 500, body: internalError(error instanceof Error ? error.message : String(error)) });
  }
}

function refuse(socket: Duplex, { code, body }: ApiAnswer): void {
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${code} Refused`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${text}`);
}

function urlOf(world: World, request: IncomingMessage): URL {
  return new URL(request.url ?? '/', `https://${world.bootstrap.ip}`);
}

async function slow(world: World): Promise<void> {
  const seconds = world.faults.get('kube-slow')?.[0];
  if (seconds !== undefined) await pause(world, Number(seconds) * 1000);
}
