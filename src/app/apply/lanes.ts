import { isOfTheCluster, SeveralFailed } from '../../domain/answers/failure.ts';
import type { Step } from '../../domain/plan/step.ts';
import { plugOf } from '../../steps/kinds.ts';
import { CancelAsked } from './cancel-watch.ts';

/** Steps that run one after another. */
export type Lane = readonly Step[];

/** Groups the steps into stages, in order. Adjacent copies form one stage with a lane for each node; any other step is a stage of its own. */
export function stagesOf(steps: readonly Step[]): readonly (readonly Lane[])[] {
  const stages: Step[][] = [];
  for (const step of steps) {
    const last = stages.at(-1);
    if (plugOf(step.kind).atOnce !== null && last?.[0]?.kind === step.kind) last.push(step);
    else stages.push([step]);
  }
  return stages.map((stage) => [...Map.groupBy(stage, (step) => ('node' in step ? step.node : '')).values()]);
}

/** Runs the lanes in parallel. A failure on one node does not stop the others; any other failure, such as of the record, stops all lanes. */
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
  // A cancel does not hide a failure.
  const [failure, ...others] = errors.filter(isOfTheCluster);
  if (failure !== undefined) throw others.length === 0 ? failure : new SeveralFailed([failure, ...others]);
  if (errors.length > 0) throw errors[0];
}
