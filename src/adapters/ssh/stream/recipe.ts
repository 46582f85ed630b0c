import { SECTOR, SectorIndex } from './sector-index.ts';

/** Read at once; what fits a processor's cache is compared fastest. */
const WINDOW = 512 * 1024;
/** The longest stretch that is sent under one line: the first one is not known before it is read. */
const STRETCH = 16 * 1024 * 1024;
/** Each run costs the target two processes, about as much as this takes on a fast wire. */
const LEAST_RUN = 256 * 1024;

/** A file that can be read anywhere. */
export interface Readable {
  readonly size: number;
  /** Bytes from there, `into` memory of the caller's where it can be. */
  readAt(at: number, length: number, into?: Buffer): Promise<Buffer>;
}

/** A stretch of the new file: bytes of the old one from `from` on, or bytes that must be sent. */
export interface Run {
  readonly at: number;
  readonly bytes: number;
  readonly from: number | null;
}

/** Recipes by the identities of their two files: several targets of one archive share the search. */
export type Recipes = Map<string, readonly Run[]>;

export interface RecipeOptions {
  /** First byte that is wanted. */
  readonly start?: number;
  /** Shorter runs of the old file are sent all the same. */
  readonly leastRun?: number;
  readonly signal: AbortSignal;
}

/**
 * How the new file is put together from the old one and what must be sent: runs in order, without gaps, told as soon as they are
 * known. Every byte of a run has been compared; what is sent is exact by itself.
 */
export async function* recipe(old: Readable, next: Readable, options: RecipeOptions): AsyncGenerator<Run> {
  const { start = 0, leastRun = LEAST_RUN, signal } = options;
  const memory = {
    window: Buffer.allocUnsafe(WINDOW),
    there: Buffer.allocUnsafe(WINDOW),
    here: Buffer.allocUnsafe(WINDOW),
  };
  const index = await indexOf(old, memory.window, signal);
  // Behind `start` a run is cut at a byte, before it at a sector: what was found is the same.
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

/** Memory that every read of a search uses again: fresh memory for each takes longer than comparing it. */
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

/** The first run of the old file that begins in this window and is long enough. */
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

/** How many bytes from there on are the same in both, in whole sectors. */
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

/** What of a run is not there yet. */
export function* clipped({ at, bytes, from }: Run, start: number): Generator<Run> {
  const there = Math.min(bytes, Math.max(0, start - at));
  if (there === bytes) return;
  yield { at: at + there, bytes: bytes - there, from: from === null ? null : from + there };
}
