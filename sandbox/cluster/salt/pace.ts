import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../world.ts';

const ends = new WeakMap<World, AbortSignal>();

/** Waits for a duration of the real thing, shortened by the world's pace; an abort ends the wait with an AbortError. */
export async function pause(world: World, ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms * world.pace, undefined, signal === undefined ? {} : { signal });
}

/** Fires when the world emits `closed`: jobs that are under way then end without an answer. */
export function endOf(world: World): AbortSignal {
  const known = ends.get(world);
  if (known !== undefined) return known;
  const end = new AbortController();
  world.events.once('closed', () => end.abort());
  ends.set(world, end.signal);
  return end.signal;
}
