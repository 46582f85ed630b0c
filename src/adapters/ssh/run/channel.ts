import type { Client, ClientChannel } from 'ssh2';
import type { CommandResult } from '../../../domain/node-commands/command.ts';
import { type Ended, exit } from '../../../domain/node-commands/ended.ts';
import type { NodeRun } from '../../../ports/nodes.ts';
import { Capture, TOO_MUCH } from './capture.ts';
import { feed } from './feed.ts';

/** Options of a command on a channel; the run rejects with the reason of `signal`. */
export interface ChannelRun extends NodeRun {
  /** Ends it as a timeout after `limitMs`. */
  readonly deadline: AbortSignal;
}

/** sshd sends an exit code or a signal, but RFC 4254, 6.10, only recommends it. */
const NO_EXIT_CODE: Ended = { is: 'unknown', says: 'the SSH server closed the session without an exit code' };

/** The command was not sent. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** The result of a command; `clean` is false when it was abandoned, and its connection must not be used again. */
export interface Outcome {
  readonly result: CommandResult;
  readonly clean: boolean;
}

/** Sends one command line and waits for its end. sshd sends no signal to an abandoned command; it only closes its pipes. */
export async function runOnChannel(client: Client, line: string, run: ChannelRun): Promise<Outcome> {
  const channel = await opened(client, line, AbortSignal.any([run.signal, run.deadline]));
  const over = new AbortController();
  try {
    return await ended(client, channel, run, over);
  } finally {
    over.abort();
    channel.close();
  }
}

function opened(client: Client, line: string, signal: AbortSignal): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', aborted);
      client.off('close', lost);
      settle();
    };
    const aborted = () => finish(() => reject(signal.reason));
    const lost = () => finish(() => reject(new NotSent('the connection was lost before the command was sent')));
    signal.addEventListener('abort', aborted, { once: true });
    client.once('close', lost);
    const onOpen = (error: Error | undefined, channel: ClientChannel) => {
      if (error !== undefined) finish(() => reject(new NotSent(error.message, { cause: error })));
      else if (signal.aborted) channel.close();
      else finish(() => resolve(channel));
    };
    try {
      client.exec(line, onOpen);
    } catch (cause) {
      // ssh2 throws when the socket is closed but `close` has not been emitted yet.
      finish(() => reject(new NotSent('the connection was lost before the command was sent', { cause })));
    }
  });
}

function ended(client: Client, channel: ClientChannel, run: ChannelRun, over: AbortController): Promise<Outcome> {
  const said = new Capture();
  const whileOpen = { once: true, signal: over.signal };
  return new Promise<Outcome>((resolve, reject) => {
    const finish = (end: Ended, clean = false) => {
      resolve({ result: said.result(end), clean });
      over.abort();
    };
    const lost = () => finish({ is: 'connection-lost' });
    if (run.signal.aborted) reject(run.signal.reason);
    run.signal.addEventListener('abort', () => reject(run.signal.reason), whileOpen);
    run.deadline.addEventListener('abort', () => finish({ is: 'timeout', afterMs: run.limitMs }), whileOpen);
    // The client emits `close` before its channels do.
    client.once('close', lost);
    over.signal.addEventListener('abort', () => client.off('close', lost), { once: true });
    // A write to a command that has just ended fails here; `close` follows with the command's end.
    channel.on('error', () => over.signal.aborted || feeding.abort());
    channel.on('data', (chunk: Buffer) => said.add('stdout', chunk) || finish(TOO_MUCH));
    channel.stderr.on('data', (chunk: Buffer) => said.add('stderr', chunk) || finish(TOO_MUCH));
    channel.once('close', (code?: number | null, signal?: string) => {
      if (typeof code === 'number') finish(exit(code), true);
      else finish(signal === undefined ? NO_EXIT_CODE : { is: 'signal', name: signal }, signal !== undefined);
    });
    const feeding = new AbortController();
    feed(channel, run.stdin, AbortSignal.any([over.signal, feeding.signal])).catch(reject);
  });
}
