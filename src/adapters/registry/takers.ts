import { createHash } from 'node:crypto';
import { Unreachable } from '../../domain/answers/failure.ts';
import type { Blob, ServedBlob } from '../../domain/cluster/registry.ts';
import type { Head, Taker } from './answer.ts';

/** Manifests are some kB; the largest image of MetalK8s has about 30 layers. */
const BODY_LIMIT = 4 * 2 ** 20;

/** The whole body of a small answer. */
export function wholeBody(): Taker<{ readonly url: string; readonly body: Buffer }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const isTooMuch = (): boolean => size > BODY_LIMIT;
  return {
    begin: () => 'read',
    async take(bytes) {
      size += bytes.length;
      pieces.push(bytes);
      return isTooMuch() ? 'done' : 'read';
    },
    end({ url }) {
      if (isTooMuch()) throw new Unreachable(url, 'registry', `${url} has more than ${BODY_LIMIT} bytes.`);
      return { url, body: Buffer.concat(pieces) };
    },
  };
}

/** Hashes a blob as it comes, in constant memory. A blob of another size is not read further. */
export function hashed(blob: Blob, onBytes: (bytes: number) => Promise<void>): Taker<ServedBlob> {
  const hash = createHash('sha256');
  let size = 0;
  const isWrong = ({ length }: Head): boolean => length !== null && length !== blob.size;
  return {
    begin: (head) => (isWrong(head) ? 'done' : 'read'),
    async take(bytes) {
      hash.update(bytes);
      size += bytes.length;
      await onBytes(bytes.length);
      return size > blob.size ? 'done' : 'read';
    },
    end(head) {
      if (isWrong(head)) return { size: head.length ?? 0, sha256: null };
      return { size, sha256: size === blob.size ? hash.digest('hex') : null };
    },
  };
}
