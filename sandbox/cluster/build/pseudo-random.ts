import { createCipheriv, createHash } from 'node:crypto';

const PIECE = 1024 * 1024;

/** Bytes that look random and do not compress; the same for the same seed. */
export function pseudoRandom(seed: string, length: number): Buffer {
  return Buffer.concat([...pseudoRandomPieces(seed, length)]);
}

/** Like pseudoRandom, in pieces, for sizes that should not be held in memory. */
export function* pseudoRandomPieces(seed: string, length: number): Generator<Buffer> {
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  for (let left = length; left > 0; left -= PIECE) yield cipher.update(Buffer.alloc(Math.min(PIECE, left)));
}
