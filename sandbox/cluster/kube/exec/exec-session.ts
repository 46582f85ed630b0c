import type { JsonObject } from '../../salt/json.ts';
import { exitStatus, internalError } from '../status.ts';
import type { ExecRequest } from './exec-request.ts';
import { CHANNEL, type Channel, type ExecWire } from './exec-wire.ts';
import type { ContainerProgram } from './programs.ts';

/** How exec sessions end when the node's containerd restarts. */
export type Cut = '0' | '1' | '137' | 'abrupt';

/** One exec session: a program behind the client's connection. */
export class ExecSession {
  readonly node: string;
  private readonly wire: ExecWire;
  private readonly request: ExecRequest;
  private readonly abort = new AbortController();
  private isOver = false;

  constructor(wire: ExecWire, request: ExecRequest) {
    this.wire = wire;
    this.request = request;
    this.node = request.node;
  }

  /** Runs the program until it exits, the session is cut, or the client disconnects. */
  async run(program: ContainerProgram): Promise<void> {
    if (this.request.hasStdout) this.send(CHANNEL.stdout, Buffer.alloc(0));
    this.wire.hear({
      bytes: (bytes) => program.write(bytes),
      end: () => program.endInput(),
      gone: () => this.end(),
    });
    const { hasStdout, hasStderr } = this.request;
    const io = {
      stdout: (bytes: Buffer) => (hasStdout ? this.send(CHANNEL.stdout, bytes) : undefined),
      stderr: (bytes: Buffer) => (hasStderr ? this.send(CHANNEL.stderr, bytes) : undefined),
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
      this.wire.cut();
    } else this.finish(how === '1' ? internalError('unexpected EOF') : exitStatus(Number(how)));
  }

  private finish(status: JsonObject): void {
    if (this.isOver) return;
    this.send(CHANNEL.status, Buffer.from(JSON.stringify(status)));
    this.end();
    this.wire.close();
  }

  private end(): void {
    this.isOver = true;
    this.abort.abort();
  }

  private send(channel: Channel, bytes: Buffer): void {
    if (!this.isOver) this.wire.send(channel, bytes);
  }
}
