import type { Duplex } from 'node:stream';
import type { ExecRequest } from '../exec-request.ts';
import { CHANNEL, type Channel, type ExecInput, type ExecWire } from '../exec-wire.ts';
import { controlFrame, dataFrame, type Frame, FrameReader, GOAWAY, PING, SYN_REPLY, SYN_STREAM } from './frames.ts';
import { HeaderBlocks } from './headers.ts';

/** The protocol on top of SPDY, which tells exit codes in a Status. */
export const SPDY_PROTOCOL = 'v4.channel.k8s.io';

const STREAMS: Readonly<Record<string, Channel>> = {
  error: CHANNEL.status,
  stdin: CHANNEL.stdin,
  stdout: CHANNEL.stdout,
  stderr: CHANNEL.stderr,
};

/** Kubernetes waits as long for the streams of an exec (kubelet, StreamCreationTimeout). */
const STREAMS_MS = 30_000;

/**
 * Accepts an upgrade to SPDY/3.1 and waits for the streams that the client opens, as the kubelet does: one for errors,
 * and one for each of stdin, stdout and stderr that it asked for. Null if they do not come.
 */
export async function spdyWire(socket: Duplex, head: Buffer, exec: ExecRequest): Promise<ExecWire | null> {
  const wire = new SpdyWire(socket);
  const wanted = [exec.hasStdin, exec.hasStdout, exec.hasStderr].filter(Boolean).length + 1;
  const switching = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', `X-Stream-Protocol-Version: ${SPDY_PROTOCOL}`];
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${switching.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  if (await wire.opened(wanted)) return wire;
  wire.cut();
  return null;
}

class SpdyWire implements ExecWire {
  readonly #socket: Duplex;
  readonly #reader = new FrameReader();
  readonly #headers = new HeaderBlocks();
  readonly #streams = new Map<Channel, number>();
  /** What arrives before somebody hears. */
  readonly #early: ((input: ExecInput) => void)[] = [];
  #input: ExecInput | null = null;
  #onStream: () => void = () => undefined;
  /** Frames are handled in their order; those with headers take a moment. */
  #handled: Promise<void> = Promise.resolve();

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      for (const frame of this.#reader.read(bytes))
        this.#handled = this.#handled.then(() => this.#take(frame)).catch(() => this.cut());
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#headers.close();
      this.#tell((input) => input.gone());
      this.#onStream();
    });
  }

  /** Whether so many streams were opened in time. */
  async opened(wanted: number): Promise<boolean> {
    const late = AbortSignal.timeout(STREAMS_MS);
    while (this.#streams.size < wanted && !late.aborted && !this.#socket.destroyed)
      await new Promise<void>((resolve) => {
        this.#onStream = resolve;
        late.addEventListener('abort', () => resolve(), { once: true });
      });
    return this.#streams.size >= wanted;
  }

  hear(input: ExecInput): void {
    this.#input = input;
    for (const tell of this.#early.splice(0)) tell(input);
  }

  send(channel: Channel, bytes: Buffer): void {
    const stream = this.#streams.get(channel);
    if (stream !== undefined && bytes.length > 0) this.#write(dataFrame(stream, bytes, false));
  }

  close(): void {
    for (const stream of this.#streams.values()) this.#write(dataFrame(stream, Buffer.alloc(0), true));
    const last = Math.max(0, ...this.#streams.values());
    this.#write(controlFrame(GOAWAY, words(last, 0)));
    this.#socket.end();
  }

  cut(): void {
    this.#socket.destroy();
  }

  async #take(frame: Frame): Promise<void> {
    if (frame.is === 'data') {
      if (frame.stream !== this.#streams.get(CHANNEL.stdin)) return;
      if (frame.bytes.length > 0) this.#tell((input) => input.bytes(frame.bytes));
      if (frame.isLast) this.#tell((input) => input.end());
    } else if (frame.type === SYN_STREAM) await this.#open(frame.bytes);
    else if (frame.type === PING) this.#write(controlFrame(PING, frame.bytes));
  }

  async #open(bytes: Buffer): Promise<void> {
    const id = bytes.readUInt32BE(0);
    const channel = STREAMS[(await this.#headers.unpack(bytes.subarray(10))).get('streamtype') ?? ''];
    const reply = await this.#headers.pack(new Map());
    this.#write(controlFrame(SYN_REPLY, Buffer.concat([words(id), reply])));
    if (channel !== undefined) this.#streams.set(channel, id);
    this.#onStream();
  }

  #tell(tell: (input: ExecInput) => void): void {
    if (this.#input === null) this.#early.push(tell);
    else tell(this.#input);
  }

  #write(bytes: Buffer): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(bytes);
  }
}

function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32BE(number, at * 4);
  return bytes;
}
