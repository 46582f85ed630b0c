import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

const PAGE = new URL('../../../../sandbox/slack/page/', import.meta.url);

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
};

/** A POST request of the page. */
export interface Posted {
  readonly path: string;
  readonly body: unknown;
}

/** The fake server's answer to a POST: undefined is success, a text is an error with HTTP 400. */
export type Answer = (posted: Posted) => Promise<string | undefined>;

/**
 * A fake of the local Slack's page API with a fixed state and no Slack rules. It only tests what the page shows and
 * sends; the real server has its own tests.
 */
export class PageServer {
  readonly posted: Posted[] = [];
  answer: Answer = () => Promise.resolve(undefined);
  /** What the page can break; undefined: nothing. */
  breaking: { readonly offers: readonly unknown[]; readonly broken: readonly unknown[] } | undefined;
  #state: unknown;
  readonly #listeners = new Set<ServerResponse>();
  readonly #server: Server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });

  constructor(state: unknown) {
    this.#state = state;
  }

  /** Starts on a free port; returns the page's address. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (!isBound(address)) throw new Error('the page server has no port');
    return `http://127.0.0.1:${address.port}/`;
  }

  /** Replaces the state and notifies every open page. */
  change(state: unknown): void {
    this.#state = state;
    for (const listener of this.#listeners) listener.write('event: changed\ndata: {}\n\n');
  }

  /** Stops at once, including open event streams. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    if (path === '/page/state') return sendJson(response, 200, this.#state);
    if (path === '/page/events') return this.#listen(response);
    if (request.method === 'POST') return this.#post(path, request, response);
    if (path === '/page/breaking')
      return sendJson(response, this.breaking === undefined ? 404 : 200, this.breaking ?? {});
    return sendFile(response, path === '/' ? 'index.html' : path.slice('/page/'.length));
  }

  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  async #post(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const posted = { path, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) };
    this.posted.push(posted);
    const error = await this.answer(posted);
    sendJson(response, error === undefined ? 200 : 400, error === undefined ? {} : { error });
  }
}

function isBound(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function sendFile(response: ServerResponse, name: string): Promise<void> {
  const type = TYPES[extname(name)];
  if (type === undefined) {
    response.writeHead(404).end();
    return;
  }
  const source = await readFile(new URL(name, PAGE), 'utf8');
  response.writeHead(200, { 'content-type': type });
  response.end(name.endsWith('.ts') ? stripTypeScriptTypes(source) : source);
}
