import { isOfTheCluster, SeveralFailed } from '../../domain/answers/failure.ts';
import type { Step } from '../../domain/plan/step.ts';
import { plugOf } from '../../steps/kinds.ts';
import { CancelAsked } from './cancel-watch.ts';

/** Steps that run one after another. */
export type Lane = readonly Step[];

/**
 * The steps in their order, those together that run at the same time (copies that are next to each other in the plan), a lane for
 * each node. Whatever changes Salt, registries or engines runs alone.
 */
export function stagesOf(steps: readonly Step[]): readonly (readonly Lane[])[] {
  const stages: Step[][] = [];
  for (const step of steps) {
    const last = stages.at(-1);
    if (plugOf(step.kind).atOnce !== null && last?.[0]?.kind === step.kind) last.push(step);
    else stages.push([step]);
  }
  return stages.map((stage) => [...Map.groupBy(stage, (step) => ('node' in step ? step.node : '')).values()]);
}

/**
 * Runs the lanes at the same time and waits for all of them: one that fails on its node holds nobody up, and is thrown at the end.
 * What is no fault of a node (the record, a hand-over, the unforeseen) stops them all.
 */
export async function runLanes(
  lanes: readonly Lane[],
  signal: AbortSignal,
  runLane: (lane: Lane, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const broken = new AbortController();
  const untilBroken = AbortSignal.any([signal, broken.signal]);
  const ends = await Promise.allSettled(
    lanes.map((lane) =>
      runLane(lane, untilBroken).catch((error: unknown) => {
        if (!isOfTheCluster(error) && !(error instanceof CancelAsked)) broken.abort(error);
        throw error;
      }),
    ),
  );
  signal.throwIfAborted();
  broken.signal.throwIfAborted();
  const errors: readonly unknown[] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  // A cancel does not hide what broke.
  const [failure, ...others] = errors.filter(isOfTheCluster);
  if (failure !== undefined) throw others.length === 0 ? failure : new SeveralFailed([failure, ...others]);
  if (errors.length > 0) throw errors[0];
}
