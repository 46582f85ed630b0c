import { connect, type Socket } from 'node:net';
import {
  type TerminalAnswer,
  type TerminalAsk,
  type TerminalSays,
  terminalSays,
} from '../../domain/wish/terminal-talk.ts';
import { lineOf, readLines } from './lines.ts';

/** A plan has up to 900 KiB, and its file says it twice. */
const MOST_LINE = 16 * 1024 * 1024;

/** The command's side of a conversation. */
export interface Call {
  says(answer: TerminalAnswer): void;
  /** What the worker says until it ends the conversation; a message of a newer version is left out. */
  hears(): AsyncIterable<TerminalSays>;
  close(): void;
}

/** Asks the worker that listens there. Throws the error of the connection, with its code. */
export async function callWorker(path: string, ask: TerminalAsk): Promise<Call> {
  const socket = await connected(path);
  socket.write(lineOf(ask));
  return {
    says: (answer) => void socket.write(lineOf(answer)),
    hears: () => messagesOf(socket),
    close: () => socket.destroy(),
  };
}

const connected = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket));
    socket.on('error', reject);
  });

async function* messagesOf(socket: Socket): AsyncGenerator<TerminalSays> {
  const heard: TerminalSays[] = [];
  let wake = (): void => undefined;
  let isOver = false;
  const over = (): void => {
    isOver = true;
    wake();
  };
  const onValue = (value: unknown): void => {
    const message = terminalSays.safeParse(value);
    if (message.success) heard.push(message.data);
    wake();
  };
  readLines(socket, MOST_LINE, onValue, over);
  socket.on('close', over);
  for (;;) {
    for (let next = heard.shift(); next !== undefined; next = heard.shift()) yield next;
    if (isOver) return;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}
