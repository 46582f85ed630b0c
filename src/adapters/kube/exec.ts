import { Unreachable } from '../../domain/answers/failure.ts';
import type { Command, CommandResult } from '../../domain/node-commands/command.ts';
import { type Ended, exit } from '../../domain/node-commands/ended.ts';
import { jsonIn } from '../../domain/text/json.ts';
import type { RunLimits } from '../../ports/nodes.ts';
import type { Connection } from './connection.ts';
import { type KubeStatus, statusSchema } from './schemas.ts';
import { connectionWords, statusWords } from './words.ts';

/** A Salt job over 500 nodes with long comments has some MiB. */
const OUTPUT_LIMIT = 16 * 2 ** 20;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/** A container. */
export interface Place {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** Runs a command in a container, without a terminal. Throws Unreachable when no session was opened, or the signal's reason. */
export async function exec(
  connected: Connection,
  place: Place,
  command: Command,
  limits: RunLimits,
): Promise<CommandResult> {
  limits.signal.throwIfAborted();
  const late = AbortSignal.timeout(limits.limitMs);
  const ended = AbortSignal.any([limits.signal, late]);
  const session = new Session();
  const sockets = connected.webSockets(ended);
  const socket = await sockets
    .connect(execPath(place, command), null, (channel, bytes) => session.hear(channel, bytes))
    .catch((cause: unknown) => {
      limits.signal.throwIfAborted();
      throw new Unreachable(place.pod, 'salt-master', refused(place, late.aborted, cause), { cause });
    });
  const lost = () => session.end({ is: 'connection-lost' });
  const tooLate = () => session.end({ is: 'timeout', afterMs: limits.limitMs });
  socket.addEventListener('close', lost);
  ended.addEventListener('abort', tooLate, { once: true });
  if (ended.aborted) tooLate();
  else if (socket.readyState > socket.OPEN) lost();
  try {
    const result = await session.result;
    limits.signal.throwIfAborted();
    return result;
  } finally {
    socket.terminate();
  }
}

function execPath({ namespace, pod, container }: Place, { program, args }: Command): string {
  const query = new URLSearchParams({ container, stdin: 'false', stdout: 'true', stderr: 'true', tty: 'false' });
  for (const word of [program, ...args]) query.append('command', word);
  return `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/exec?${query}`;
}

function refused(place: Place, late: boolean, cause: unknown): string {
  const where = `No command can be run in the container ${place.container} of ${place.pod}`;
  if (late) return `${where}: no session within the time limit.`;
  // The WebSocket client rejects with an event that carries the error.
  const error = cause instanceof Object && 'error' in cause ? cause.error : cause;
  // The client package reports the status only in the message: "Unexpected server response: 403".
  const status = error instanceof Error ? error.message.match(/server response: (\d{3})/)?.[1] : undefined;
  return `${where}: ${status === undefined ? connectionWords(error) : `the API ${statusWords(Number(status))}`}.`;
}

/** The output of a session; `result` resolves at its end. */
class Session {
  readonly result: Promise<CommandResult>;
  readonly #resolve: (result: CommandResult) => void;
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];
  #size = 0;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<CommandResult>();
    this.result = promise;
    this.#resolve = resolve;
  }

  /** Takes one message; false when the session has ended. */
  hear(channel: number, bytes: Buffer): boolean {
    if (channel === STATUS) {
      this.end(endIn(bytes.toString('utf8')));
      return false;
    }
    if (channel !== STDOUT && channel !== STDERR) return true;
    this.#size += bytes.length;
    if (this.#size > OUTPUT_LIMIT) {
      this.end({ is: 'too-much-output', bytes: OUTPUT_LIMIT });
      return false;
    }
    (channel === STDOUT ? this.#out : this.#err).push(bytes);
    return true;
  }

  /** The first end counts. */
  end(ended: Ended): void {
    const [stdout, stderr] = [this.#out, this.#err].map((chunks) => Buffer.concat(chunks).toString('utf8'));
    this.#resolve({ ended, stdout: stdout ?? '', stderr: stderr ?? '' });
  }
}

/** The end of the command in a status. */
function endIn(text: string): Ended {
  const parsed = statusSchema.safeParse(jsonIn(text));
  if (!parsed.success) return { is: 'unknown', says: 'Kubernetes ended the session without a readable status' };
  if (parsed.data.status === 'Success') return exit(0);
  const code = exitCodeOf(parsed.data);
  if (code !== null) return exit(code);
  return { is: 'unknown', says: (parsed.data.message ?? 'Kubernetes ended the session as failed').slice(0, 500) };
}

/** The exit code, which is text among the causes; a failure without it comes from the container engine. */
function exitCodeOf({ reason, details }: KubeStatus): number | null {
  if (reason !== 'NonZeroExitCode') return null;
  const code = details?.causes?.find((one) => one.reason === 'ExitCode')?.message;
  return code !== undefined && /^\d{1,3}$/.test(code) ? Number(code) : null;
}
