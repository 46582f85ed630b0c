import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerChannel } from 'ssh2';
import type { SimFaults } from '../faults.ts';
import type { ClusterParts } from '../parts.ts';
import type { Streams } from './exec.ts';

/** An exec channel as streams; `finish` sends the exit code. After a cut, output is dropped and input ends. */
export function execStreams(
  parts: ClusterParts,
  node: string,
  channel: ServerChannel,
  cutConnection: () => void,
): { readonly streams: Streams; readonly finish: (exitCode: number) => void } {
  const closed = new Promise<void>((resolve) => channel.once('close', resolve));
  let isClosed = false;
  channel.once('close', () => {
    isClosed = true;
  });
  // Writing to a channel that is closing fails; the client has disconnected, so nobody can receive an error.
  channel.on('error', () => channel.destroy());
  const write = async (stream: NodeJS.WritableStream, content: string | Buffer): Promise<void> => {
    if (isClosed || content.length === 0) return;
    await Promise.race([new Promise<void>((resolve) => stream.write(content, () => resolve())), closed]);
  };
  const streams: Streams = {
    stdin: input(parts, node, channel, closed, cutConnection),
    out: (content) => write(channel, content),
    err: (line) => write(channel.stderr, `${line}\n`),
    cut: cutConnection,
  };
  const finish = (exitCode: number): void => {
    if (isClosed) return;
    channel.exit(exitCode);
    channel.end();
  };
  return { streams, finish };
}

/** stdin with two faults of a bad connection: slow, and cut after a number of bytes. */
async function* input(
  parts: ClusterParts,
  node: string,
  channel: ServerChannel,
  closed: Promise<void>,
  cutConnection: () => void,
): AsyncGenerator<Buffer> {
  const { faults } = parts;
  const pipe = channel.pipe(new PassThrough({ highWaterMark: 1024 * 1024 }));
  closed.then(
    () => pipe.end(),
    () => pipe.end(),
  );
  for await (const piece of pipe) {
    if (!Buffer.isBuffer(piece)) continue;
    const left = bytesUntilCut(faults, node);
    if (left !== null && piece.length >= left) {
      faults.clearFor('ssh-cut', node);
      if (left > 0) yield piece.subarray(0, left);
      cutConnection();
      return;
    }
    if (left !== null) faults.set('ssh-cut', [node, String(left - piece.length)]);
    await slowed(piece.length, parts, node);
    yield piece;
  }
}

/** Waits as long as the slow connection needs for these bytes; follows changes of the fault. */
async function slowed(bytes: number, { faults, closing, world }: ClusterParts, node: string): Promise<void> {
  for (let left = bytes; left > 0; ) {
    const rate = Number(faults.wordsFor('ssh-slow', node)?.[0] ?? 0);
    if (rate <= 0) return;
    const from = performance.now();
    const over = new AbortController();
    const signal = AbortSignal.any([closing, over.signal]);
    try {
      const changed = once(world.events, 'changed', { signal });
      await Promise.race([sleep((left / rate) * 1000, undefined, { signal }), changed]);
    } finally {
      over.abort();
    }
    left -= ((performance.now() - from) / 1000) * rate;
  }
}

function bytesUntilCut(faults: SimFaults, node: string): number | null {
  const [bytes] = faults.wordsFor('ssh-cut', node) ?? [];
  return bytes === undefined ? null : Number(bytes);
}
