import { chmod, lstat, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { codeOf } from '../../domain/text/error-code.ts';
import type { Talk } from '../../domain/wish/terminal-talk.ts';
import {
  type TerminalAnswer,
  type TerminalAsk,
  type TerminalSays,
  terminalAnswer,
  terminalAsk,
} from '../../domain/wish/terminal-talk.ts';
import { lineOf, readLines } from './lines.ts';

/** Where a worker serves terminals, and what it does with each. */
export interface SocketOptions {
  readonly path: string;
  /** One conversation. The connection is closed at its end. Never throws. */
  readonly serve: (ask: TerminalAsk, talk: Talk) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** How long a connection may take to say what it wants. */
  readonly helloMs?: number;
}

/** Bytes of a path in `sun_path`, without the final zero (unix(7)). */
const MOST_PATH_BYTES = 107;
/** A command has at most 8,000 characters. */
const MOST_LINE = 64 * 1024;
const MOST_TALKS = 16;
const HELLO_MS = 10_000;
/** A command that does not read what is said to it is cut off. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/**
 * Listens on a socket file that only the user of this process and root can open. Node does not tell who is at the other end (SO_PEERCRED,
 * unix(7)), so the file's mode is the whole check. The caller holds the journal, so that a file of the same
 * name was left by a dead worker. Throws if the file cannot be made.
 */
export async function serveSocket(options: SocketOptions): Promise<{ close(): Promise<void> }> {
  const { path, onError } = options;
  if (Buffer.byteLength(path) > MOST_PATH_BYTES)
    throw new Error(`The path of a socket has at most ${MOST_PATH_BYTES} bytes: ${path}`);
  await removeStale(path);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', onError);
    if (open.size > MOST_TALKS) socket.end(lineOf(TOO_MANY));
    else talkOn(socket, options);
  });
  await listening(server, path);
  await chmod(path, 0o600);
  server.on('error', onError);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function removeStale(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isSocket()) throw new Error(`There is another file in the place of the socket: ${path}`);
    await rm(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

const listening = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** The first line is the wish, the next ones are answers. Anything else ends the connection. */
function talkOn(socket: Socket, { serve, onError, helloMs = HELLO_MS }: SocketOptions): void {
  const talk = new SocketTalk(socket);
  const late = setTimeout(() => socket.destroy(), helloMs);
  socket.on('close', () => clearTimeout(late));
  let isAsked = false;
  const onValue = (value: unknown): void => {
    const ask = isAsked ? null : terminalAsk.safeParse(value);
    clearTimeout(late);
    isAsked = true;
    if (ask === null) talk.heard(value);
    else if (!ask.success) talk.end(NOT_UNDERSTOOD);
    else
      void serve(ask.data, talk)
        .catch(onError)
        .finally(() => socket.end());
  };
  readLines(socket, MOST_LINE, onValue, () => talk.end(NOT_UNDERSTOOD));
}

class SocketTalk implements Talk {
  readonly #socket: Socket;
  readonly #gone = new AbortController();
  readonly #heard: TerminalAnswer[] = [];
  #onHeard: (() => void) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('close', () => this.#gone.abort());
    // A command that ends its side has gone, too.
    socket.on('end', () => this.#gone.abort());
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  says(message: TerminalSays): void {
    if (this.gone.aborted || this.#socket.writableEnded) return;
    this.#socket.write(lineOf(message));
    if (this.#socket.writableLength > MOST_UNREAD_BYTES) this.#socket.destroy();
  }

  async hears(signal: AbortSignal): Promise<TerminalAnswer | null> {
    const over = AbortSignal.any([signal, this.gone]);
    await new Promise<void>((resolve) => {
      if (this.#heard.length > 0 || over.aborted) return resolve();
      this.#onHeard = resolve;
      over.addEventListener('abort', () => resolve(), { once: true });
    });
    return this.#heard.shift() ?? null;
  }

  heard(value: unknown): void {
    const answer = terminalAnswer.safeParse(value);
    if (!answer.success || this.#heard.length > 0) this.end(NOT_UNDERSTOOD);
    else this.#heard.push(answer.data);
    this.#onHeard?.();
  }

  end(message: TerminalSays): void {
    this.says(message);
    this.#gone.abort();
    this.#socket.end();
  }
}

const NOT_UNDERSTOOD: TerminalSays = {
  is: 'failed',
  failure: {
    kind: 'not-understood',
    where: 'the worker',
    what: 'It does not understand this command. They may be of different versions.',
    next: 'Restart the worker after an update: systemctl restart registry-ha-worker',
  },
};

const TOO_MANY: TerminalSays = {
  is: 'failed',
  failure: {
    kind: 'too-many',
    where: 'the worker',
    what: `It talks to ${MOST_TALKS} commands already.`,
    next: 'End some of them, then run the command again.',
  },
};
