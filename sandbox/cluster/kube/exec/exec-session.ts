import type { WebSocket } from 'ws';
import type { JsonObject } from '../../salt/json.ts';
import { exitStatus, internalError } from '../status.ts';
import type { ExecRequest } from './exec-request.ts';
import type { ContainerProgram } from './programs.ts';

/** How exec sessions end when the node's containerd restarts. */
export type Cut = '0' | '1' | '137' | 'abrupt';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;
const V5 = 'v5.channel.k8s.io';

/** One exec session: a program behind a WebSocket; each message starts with one byte of channel number. */
export class ExecSession {
  readonly node: string;
  private readonly socket: WebSocket;
  private readonly request: ExecRequest;
  private readonly abort = new AbortController();
  private isOver = false;

  constructor(socket: WebSocket, request: ExecRequest) {
    this.socket = socket;
    this.request = request;
    this.node = request.node;
    socket.on('close', () => this.end());
    // A broken connection also emits close, where the session ends.
    socket.on('error', () => this.end());
  }

  /** Runs the program until it exits, the session is cut, or the client disconnects. */
  async run(program: ContainerProgram): Promise<void> {
    if (this.request.hasStdout) this.send(STDOUT, Buffer.alloc(0));
    this.socket.on('message', (message: Buffer) => this.receive(message, program));
    const { hasStdout, hasStderr } = this.request;
    const io = {
      stdout: (bytes: Buffer) => (hasStdout ? this.send(STDOUT, bytes) : undefined),
      stderr: (bytes: Buffer) => (hasStderr ? this.send(STDERR, bytes) : undefined),
      signal: this.abort.signal,
    };
    try {
      this.finish(exitStatus(await program.run(io)));
    } catch (error) {
      this.finish(
        internalError(
          `error executing command in container: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    }
  }

  /** The streaming server behind the session is gone; later output of the program is lost. */
  cut(how: Cut): void {
    if (this.isOver) return;
    if (how === 'abrupt') {
      this.end();
      this.socket.terminate();
    } else this.finish(how === '1' ? internalError('unexpected EOF') : exitStatus(Number(how)));
  }

  private receive(message: Buffer, program: ContainerProgram): void {
    if (message[0] === STDIN) program.write(message.subarray(1));
    if (message[0] === CLOSE && message[1] === STDIN && this.socket.protocol === V5) program.endInput();
  }

  private finish(status: JsonObject): void {
    if (this.isOver) return;
    this.send(STATUS, Buffer.from(JSON.stringify(status)));
    this.end();
    this.socket.close(1000);
  }

  private end(): void {
    this.isOver = true;
    this.abort.abort();
  }

  private send(channel: number, bytes: Buffer): void {
    if (this.isOver) return;
    this.socket.send(Buffer.concat([Buffer.from([channel]), bytes]));
  }
}
