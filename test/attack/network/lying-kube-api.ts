import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { NotMade } from '../outcome.ts';
import type { Folder } from '../stage/folder.ts';

/** Answers a request, or leaves it unanswered. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;
/** The API’s answers by path; a function handles the request itself. */
export type Answers = Readonly<Record<string, unknown>>;
/** Sends bytes on a channel of an exec session. */
export type Say = (channel: number, bytes: Buffer) => void;

/** Longer than an honest API needs, and short enough for a quick attack. */
export const LIMIT_MS = 1_500;

const isAnswer = (found: unknown): found is Answer => typeof found === 'function';

/** A lying API, and the product's adapter connected to it. */
export interface Api {
  readonly adapter: ReturnType<typeof kubernetes>;
  readonly folder: Folder;
  readonly asked: () => number;
  readonly answer: (path: string, what: unknown) => void;
  readonly onSession: (talk: (say: Say) => void) => void;
}

/** Serves the answers until `use` ends. */
export async function served(answers: Answers, folder: Folder, use: (api: Api) => Promise<string>): Promise<string> {
  const now = new Map(Object.entries(answers));
  let asked = 0;
  let talk: (say: Say) => void = () => undefined;
  const server = createServer((request, response) => {
    asked += 1;
    response.on('error', () => undefined);
    const { pathname } = new URL(request.url ?? '/', 'http://api');
    const found = now.get(pathname);
    if (isAnswer(found)) return found(request, response);
    response.writeHead(now.has(pathname) ? 200 : 404).end(JSON.stringify(found ?? null));
  });
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'v4.channel.k8s.io' });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    talk((channel, bytes) => socket.send(Buffer.concat([Buffer.from([channel]), bytes])));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const adapter = kubernetes({ kubeconfigPath: await kubeconfig(folder, server.address()), limitMs: LIMIT_MS });
  try {
    return await use({
      adapter,
      folder,
      asked: () => asked,
      answer: (path, what) => void now.set(path, what),
      onSession: (given) => {
        talk = given;
      },
    });
  } finally {
    await adapter.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  }
}

async function kubeconfig(
  folder: Folder,
  address: ReturnType<ReturnType<typeof createServer>['address']>,
): Promise<string> {
  if (address === null || typeof address === 'string') throw new NotMade('The fake API is not listening.');
  const path = join(folder.path, 'admin.conf');
  const cluster = { server: `http://127.0.0.1:${address.port}`, 'insecure-skip-tls-verify': true };
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: {} }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  return path;
}
