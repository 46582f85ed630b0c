import type { ClientChannel } from 'ssh2';

/** Writes everything to the command's standard input and closes it; stops without error when `over` is aborted. */
export async function feed(
  channel: ClientChannel,
  stdin: AsyncIterable<Uint8Array> | undefined,
  over: AbortSignal,
): Promise<void> {
  if (stdin !== undefined) await pump(channel, stdin, over);
  if (!over.aborted) channel.end();
}

async function pump(channel: ClientChannel, stdin: AsyncIterable<Uint8Array>, over: AbortSignal): Promise<void> {
  const reader = stdin[Symbol.asyncIterator]();
  let isRead = false;
  try {
    while (!over.aborted) {
      const next = await unlessOver(reader.next(), over);
      if (next === undefined) return;
      isRead = next.done === true;
      if (isRead || !(await unlessOver(written(channel, next.value), over))) return;
    }
  } finally {
    if (!isRead) await reader.return?.();
  }
}

/** False when the command accepts no more input. */
function written(channel: ClientChannel, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    channel.write(chunk, (error) => resolve(!error));
  });
}

/** Races `work` with the end: ssh2 drops pending write callbacks then (Channel._write). Promise.race would retain every chunk. */
function unlessOver<T>(work: Promise<T>, over: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve(undefined);
    over.addEventListener('abort', stop, { once: true });
    if (over.aborted) stop();
    work.finally(() => over.removeEventListener('abort', stop)).then(resolve, reject);
  });
}
