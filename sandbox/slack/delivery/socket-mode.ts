import { randomInt, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { jsonIn } from '../../../src/domain/text/json.ts';
import type { DisconnectReason } from '../site/faults.ts';
import type { Courier, Delivery, Outgoing } from './delivery.ts';

/** An app has at most ten sockets (Socket Mode page, "Using multiple connections"). */
const MAX_SOCKETS = 10;
/** How long an address from apps.connections.open is valid. */
const TICKET_LIFE_MS = 30_000;
/** The client drops a socket if pings stop for 30 s. */
const PING_EVERY_MS = 10_000;

/** Slack's count is not exact: a closed connection may be in it for a while. */
const COUNT_LAG_MS = 2_000;

/** How long a socket stays open after it is asked to reconnect. */
const REFRESH_GRACE_MS = 10_000;
/** How long a client may take to answer the close frame. */
const GOODBYE_MS = 500;

const Ack = z.object({ envelope_id: z.string(), payload: z.unknown().optional() });

interface Waiting {
  readonly socket: WebSocket;
  readonly settle: (delivery: Delivery) => void;
}

/** Slack's side of Socket Mode: hello, each envelope to one random socket, acknowledgements, disconnects. */
export class SocketMode implements Courier {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #open: WebSocket[] = [];
  /** Those that closed a moment ago, too. */
  readonly #counted = new Set<WebSocket>();
  readonly #tickets = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #appId: string;
  readonly #now: () => number;
  readonly #ackLimitMs: number;

  /** Why new sockets are closed right after the hello; null if they stay open. */
  goodbye: () => string | null = () => null;

  constructor(appId: string, now: () => number, ackLimitMs: number) {
    this.#appId = appId;
    this.#now = now;
    this.#ackLimitMs = ackLimitMs;
  }

  ticket(): string {
    const id = randomUUID();
    this.#tickets.set(id, this.#now() + TICKET_LIFE_MS);
    return id;
  }

  /** Accepts a client whose address carries a valid ticket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
    const until = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (until === undefined || until < this.#now()) {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  deliver({ type, payload, takesAnswer }: Outgoing): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    const socket = this.#open[randomInt(Math.max(1, this.#open.length))];
    if (socket === undefined) return Promise.resolve({ is: 'failed', error: 'dispatch_failed' });
    const id = randomUUID();
    const deadline = setTimeout(() => settle({ is: 'failed', error: 'dispatch_failed' }), this.#ackLimitMs);
    const settle = (delivery: Delivery): void => {
      clearTimeout(deadline);
      this.#waiting.delete(id);
      resolve(delivery);
    };
    this.#waiting.set(id, { socket, settle });
    socket.send(JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: takesAnswer }));
    return promise;
  }

  /** Asks the oldest socket to reconnect and sends it nothing new; a warning changes nothing. */
  disconnect(reason: DisconnectReason): void {
    const [socket] = this.#open;
    if (socket === undefined) return;
    this.#sendDisconnect(socket, reason);
    if (reason === 'warning') return;
    this.#forget(socket);
    const cut = setTimeout(() => socket.terminate(), REFRESH_GRACE_MS);
    socket.once('close', () => clearTimeout(cut));
  }

  /** Closes every connection; a client that does not answer is cut off. */
  async close(): Promise<void> {
    for (const { settle } of [...this.#waiting.values()]) settle({ is: 'failed', error: 'dispatch_failed' });
    await Promise.all([...this.#server.clients].map((client) => closeWithin(client, GOODBYE_MS)));
    this.#server.close();
  }

  #welcome(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#forget(socket));
    if (this.#open.length >= MAX_SOCKETS) {
      this.#sendDisconnect(socket, 'too_many_websockets');
      socket.close();
      return;
    }
    socket.on('message', (message) => this.#acknowledge(socket, message.toString()));
    this.#open.push(socket);
    this.#counted.add(socket);
    socket.once('close', () => setTimeout(() => this.#counted.delete(socket), COUNT_LAG_MS).unref());
    const pings = setInterval(() => socket.ping('Ping from wss.slack'), PING_EVERY_MS);
    socket.once('close', () => clearInterval(pings));
    const debug_info = { host: 'applink-sandbox', build_number: 1, approximate_connection_time: 18_060 };
    const connection_info = { app_id: this.#appId };
    const reason = this.goodbye();
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.#counted.size, debug_info, connection_info }));
    if (reason === null) return;
    this.#forget(socket);
    this.#sendDisconnect(socket, reason);
    socket.close();
  }

  /** Only the socket that got an envelope can acknowledge it. */
  #acknowledge(socket: WebSocket, message: string): void {
    const ack = Ack.safeParse(jsonIn(message));
    if (!ack.success) return;
    const waiting = this.#waiting.get(ack.data.envelope_id);
    if (waiting?.socket === socket) waiting.settle({ is: 'acked', answer: ack.data.payload });
  }

  #sendDisconnect(socket: WebSocket, reason: string): void {
    socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-sandbox' } }));
  }

  #forget(socket: WebSocket): void {
    const index = this.#open.indexOf(socket);
    if (index >= 0) this.#open.splice(index, 1);
  }
}

async function closeWithin(socket: WebSocket, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  socket.close(1001);
  const cut = setTimeout(() => socket.terminate(), ms);
  await promise;
  clearTimeout(cut);
}
