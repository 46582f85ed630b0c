/** Standard input as a shell script reads it: a line, then a number of bytes. */
export class StdinBytes {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stdin: AsyncIterable<Buffer>) {
    this.#pieces = stdin[Symbol.asyncIterator]();
  }

  /** The next line without its line break; null at the end of input. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) return this.#cut(end + 1).toString('utf8', 0, end);
      const next = await this.#pieces.next();
      if (next.done === true) return null;
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
  }

  /** Up to this many bytes, in pieces; fewer if the input ends. */
  async *take(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      if (this.#rest.length === 0) {
        const next = await this.#pieces.next();
        if (next.done === true) return;
        this.#rest = next.value;
      }
      const piece = this.#cut(Math.min(left, this.#rest.length));
      left -= piece.length;
      yield piece;
    }
  }

  #cut(bytes: number): Buffer {
    const piece = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    return piece;
  }
}
