/** Frames of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00, 2.2), the transport of `kubectl exec` before 1.31. */
export type Frame =
  | { readonly is: 'data'; readonly stream: number; readonly isLast: boolean; readonly bytes: Buffer }
  | { readonly is: 'control'; readonly type: number; readonly isLast: boolean; readonly bytes: Buffer };

/** The types of control frames that an exec session has. */
export const SYN_STREAM = 1;
export const SYN_REPLY = 2;
export const PING = 6;
export const GOAWAY = 7;

const HEAD = 8;
const CONTROL = 0x8000_0000;
const VERSION = 3;
const FIN = 1;

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with these bytes. */
  read(bytes: Buffer): readonly Frame[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    while (this.#rest.length >= HEAD) {
      const end = HEAD + this.#rest.readUIntBE(5, 3);
      if (this.#rest.length < end) break;
      frames.push(frameOf(this.#rest.subarray(0, end)));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

function frameOf(bytes: Buffer): Frame {
  const word = bytes.readUInt32BE(0);
  const isLast = ((bytes[4] ?? 0) & FIN) === FIN;
  const body = bytes.subarray(HEAD);
  return word >= CONTROL
    ? { is: 'control', type: word & 0xffff, isLast, bytes: body }
    : { is: 'data', stream: word, isLast, bytes: body };
}

/** A data frame of a stream; the last one closes this end of the stream. */
export const dataFrame = (stream: number, bytes: Buffer, isLast: boolean): Buffer => framed(stream, isLast, bytes);

/** A control frame. */
export const controlFrame = (type: number, bytes: Buffer): Buffer =>
  framed((CONTROL | (VERSION << 16) | type) >>> 0, false, bytes);

function framed(word: number, isLast: boolean, bytes: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(word, 0);
  head.writeUInt8(isLast ? FIN : 0, 4);
  head.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([head, bytes]);
}
