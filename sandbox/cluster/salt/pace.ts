import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../world.ts';

const ends = new WeakMap<World, AbortSignal>();

/** Waits for a real duration at the world's pace; an abort rejects with an AbortError. */
export async function pause(world: World, ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms * world.pace, undefined, signal === undefined ? {} : { signal });
}

/** Aborted when the world emits `closed`; unfinished jobs then end without an answer. */
export function endOf(world: World): AbortSignal {
  const known = ends.get(world);
  if (known !== undefined) return known;
  const end = new AbortController();
  world.events.once('closed', () => end.abort());
  ends.set(world, end.signal);
  return end.signal;
}
