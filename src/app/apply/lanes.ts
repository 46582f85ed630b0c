import { isOfTheCluster, SeveralFailed } from '../../domain/answers/failure.ts';
import type { Lane } from '../../steps/stages.ts';
import { CancelAsked } from './cancel-watch.ts';

/** Runs the lanes in parallel, at most so many at a time. A failure on one node does not stop the others; any other failure, such as of the record, stops all lanes. */
export async function runLanes(
  lanes: readonly Lane[],
  atATime: number,
  signal: AbortSignal,
  runLane: (lane: Lane, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const broken = new AbortController();
  const untilBroken = AbortSignal.any([signal, broken.signal]);
  const run = (lane: Lane) =>
    runLane(lane, untilBroken).catch((error: unknown) => {
      if (!isOfTheCluster(error) && !(error instanceof CancelAsked)) broken.abort(error);
      throw error;
    });
  const ends = await allSettled(lanes, atATime, run);
  signal.throwIfAborted();
  broken.signal.throwIfAborted();
  const errors: readonly unknown[] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  // A cancel does not hide a failure.
  const [failure, ...others] = errors.filter(isOfTheCluster);
  if (failure !== undefined) throw others.length === 0 ? failure : new SeveralFailed([failure, ...others]);
  if (errors.length > 0) throw errors[0];
}

/** Settles each item, at most so many at a time, in their order. */
async function allSettled<T>(
  items: readonly T[],
  atATime: number,
  run: (item: T) => Promise<void>,
): Promise<readonly PromiseSettledResult<void>[]> {
  const ends: PromiseSettledResult<void>[] = [];
  const left = [...items.entries()];
  const runNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, item] = next;
      const [end] = await Promise.allSettled([run(item)]);
      ends[index] = end;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, runNext));
  return ends;
}
