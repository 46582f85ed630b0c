import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** A layer of an image, as a real container engine unpacks it. */
export interface Layer {
  /** The gzipped tar, whose digest is in the manifest. */
  readonly bytes: Buffer;
  /** Its content, whose digest is in the configuration (`diff_ids`). */
  readonly tar: Buffer;
}

/** A layer with one file. */
export function layerOf(path: string, content: Buffer): Layer {
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  // Two empty blocks end an archive (POSIX.1-1988, ustar).
  const tar = Buffer.concat([header(path, content.length), content, padding, Buffer.alloc(2 * BLOCK)]);
  return { bytes: gzipSync(tar, { level: 1 }), tar };
}

/** A header block of ustar: a regular file of root with mode 0644, from 1970. */
function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(path, 0, 100);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  // The checksum counts itself as blanks.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** An octal number that fills a field of this width with its closing NUL. */
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
