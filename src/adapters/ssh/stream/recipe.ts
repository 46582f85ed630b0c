import type { OpenArchive } from '../../../ports/cluster.ts';
import { SECTOR, SectorIndex } from './sector-index.ts';

/** Size of a read; data that fits the processor's cache is compared fastest. */
const WINDOW = 512 * 1024;
/** The longest run of bytes to send, because a run is known only when it has been read. */
const STRETCH = 16 * 1024 * 1024;
/** Each run costs the target two processes, about as long as sending this many bytes on a fast network. */
const LEAST_RUN = 256 * 1024;

type Readable = Pick<OpenArchive, 'size' | 'readAt'>;

/** A run of the new file: bytes of the old file at `from`, or bytes to send (null). */
export interface Run {
  readonly at: number;
  readonly bytes: number;
  readonly from: number | null;
}

/** Recipes by the identities of their two files, shared by all targets of an archive. */
export type Recipes = Map<string, readonly Run[]>;

export interface RecipeOptions {
  /** First byte needed. */
  readonly start?: number;
  /** Shorter matches with the old file are sent instead. */
  readonly leastRun?: number;
  readonly signal: AbortSignal;
}

/** How to build the new file from the old file and sent bytes: runs in order, without gaps. Matches are compared in full. */
export async function* recipe(old: Readable, next: Readable, options: RecipeOptions): AsyncGenerator<Run> {
  const { start = 0, leastRun = LEAST_RUN, signal } = options;
  const memory = {
    window: Buffer.allocUnsafe(WINDOW),
    there: Buffer.allocUnsafe(WINDOW),
    here: Buffer.allocUnsafe(WINDOW),
  };
  const index = await indexOf(old, memory.window, signal);
  // Start the search at a sector; `clipped` cuts the first run at `start`.
  let at = start - (start % SECTOR);
  let unsent = at;
  while (at < next.size) {
    signal.throwIfAborted();
    const window = await next.readAt(at, Math.min(WINDOW, next.size - at), memory.window);
    const found = await firstRun(index, old, next, { window, at, leastRun, memory });
    at = found?.at ?? at + window.length;
    if (found === null && at - unsent < STRETCH && at < next.size) continue;
    if (at > unsent) yield* clipped({ at: unsent, bytes: at - unsent, from: null }, start);
    if (found !== null) {
      yield* clipped(found, start);
      at += found.bytes;
    }
    unsent = at;
  }
}

/** Buffers shared by all reads of a search: allocating them takes longer than comparing. */
interface Compared {
  readonly there: Buffer;
  readonly here: Buffer;
}

interface SearchedWindow {
  readonly window: Buffer;
  readonly at: number;
  readonly leastRun: number;
  readonly memory: Compared;
}

async function indexOf(old: Readable, memory: Buffer, signal: AbortSignal): Promise<SectorIndex> {
  const index = new SectorIndex(Math.floor(old.size / SECTOR));
  for (let at = 0; at < old.size; at += WINDOW) {
    signal.throwIfAborted();
    index.add(await old.readAt(at, Math.min(WINDOW, old.size - at), memory), at / SECTOR);
  }
  return index;
}

/** The first long enough match with the old file that starts in this window. */
async function firstRun(
  index: SectorIndex,
  old: Readable,
  next: Readable,
  { window, at, leastRun, memory }: SearchedWindow,
): Promise<(Run & { readonly from: number }) | null> {
  for (let sector = 0; sector + SECTOR <= window.length; ) {
    const like = index.find(window, sector);
    if (like === null) {
      sector += SECTOR;
      continue;
    }
    const bytes = await sameBytes(old, next, { from: like * SECTOR, at: at + sector }, memory);
    if (bytes >= leastRun) return { at: at + sector, bytes, from: like * SECTOR };
    sector += Math.max(SECTOR, bytes);
  }
  return null;
}

/** The number of equal bytes from these positions, in whole sectors. */
async function sameBytes(
  old: Readable,
  next: Readable,
  { from, at }: { readonly from: number; readonly at: number },
  memory: Compared,
): Promise<number> {
  let same = 0;
  let step = SECTOR;
  for (;;) {
    const most = Math.min(step, old.size - from - same, next.size - at - same);
    const length = most - (most % SECTOR);
    if (length === 0) return same;
    const [there, here] = await Promise.all([
      old.readAt(from + same, length, memory.there),
      next.readAt(at + same, length, memory.here),
    ]);
    if (!there.equals(here)) return same + sameSectors(there, here);
    same += length;
    step = Math.min(WINDOW, step * 4);
  }
}

function sameSectors(one: Buffer, other: Buffer): number {
  let at = 0;
  while (at < one.length && one.compare(other, at, at + SECTOR, at, at + SECTOR) === 0) at += SECTOR;
  return at;
}

/** The part of a run from `start` on. */
export function* clipped({ at, bytes, from }: Run, start: number): Generator<Run> {
  const there = Math.min(bytes, Math.max(0, start - at));
  if (there === bytes) return;
  yield { at: at + there, bytes: bytes - there, from: from === null ? null : from + there };
}
