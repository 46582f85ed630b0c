import { isOfTheCluster } from '../../domain/answers/failure.ts';
import { listed } from '../../domain/text/format.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from './step-world.ts';
import { pauseUnlessCancelled, waitingNote, waitUntilSatisfied } from './wait.ts';

/** A node whose kubelet missed its engine is Ready again with its next status; six of them are generous. */
const HEALTHY_LIMITS = { limitMs: 60_000, everyMs: 2_000 };
/** kubelet reports a broken engine or network with its next status, every ten seconds (nodeStatusUpdateFrequency). */
const SETTLE_MS = 12_000;

/** Waits until the engines are as `areConfigured` says and their nodes are Ready, and are so still after kubelet's next status. */
export async function stayHealthy(
  nodes: readonly string[],
  areConfigured: (signal: AbortSignal) => Promise<Finding>,
  world: Pick<StepWorld, 'kubernetes' | 'clock' | 'cancelled' | 'throwIfCancelled' | 'onProgress'>,
  signal: AbortSignal,
): Promise<Finding> {
  const check = (until: AbortSignal) => answered(async () => await healthy(nodes, areConfigured, world, until), until);
  const first = await waitUntilSatisfied(check, HEALTHY_LIMITS, world, signal);
  if (first.is === 'unsatisfied') return first;
  world.onProgress(waitingNote(`${listed(nodes)} is Ready. Waiting for the next status of its kubelet.`));
  await pauseUnlessCancelled(SETTLE_MS, world, signal);
  return await waitUntilSatisfied(check, HEALTHY_LIMITS, world, signal);
}

async function healthy(
  nodes: readonly string[],
  areConfigured: (signal: AbortSignal) => Promise<Finding>,
  { kubernetes }: Pick<StepWorld, 'kubernetes'>,
  signal: AbortSignal,
): Promise<Finding> {
  const engines = await areConfigured(signal);
  if (engines.is === 'unsatisfied') return engines;
  const seen = (await kubernetes.look(signal)).nodes;
  const away = nodes.filter((name) => seen.find((node) => node.name === name)?.ready !== true);
  if (away.length === 0) return satisfied(`${engines.note ?? ''}, ${listed(nodes)} Ready`);
  return unsatisfied(`${listed(away)} is not Ready since its container engine restarted.`, listed(away));
}

/** The API of the cluster may be away for a moment while the engine of the bootstrap node restarts. */
async function answered(check: () => Promise<Finding>, signal: AbortSignal): Promise<Finding> {
  try {
    return await check();
  } catch (error) {
    signal.throwIfAborted();
    if (!isOfTheCluster(error)) throw error;
    const { what, where } = error.report();
    return unsatisfied(what, where);
  }
}
