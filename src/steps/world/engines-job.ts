import { Failure } from '../../domain/answers/failure.ts';
import type { Jid, SaltJob } from '../../domain/cluster/salt.ts';
import { listed } from '../../domain/text/format.ts';
import type { StepWorld } from './step-world.ts';
import { waitingNote } from './wait.ts';

/** Package checks take minutes on a slow mirror. A minion that is silent after half an hour will not answer. */
const JOB_LIMIT_MS = 30 * 60_000;
const POLL_MS = 2_000;
/** The states take a second if nothing has to be installed. */
const FIRST_POLL_MS = 500;
/** Reads of the job that may fail in a row: API and session are interrupted while containerd restarts on the bootstrap node. */
const FAILED_READS = 15;
/** So long without a new result, the minions are asked whether they still run the job: that takes as long as reading it. */
const QUIET_MS = 10_000;
/** A minion that in this many checks has no result and does not run the job has lost it (killed, or the node rebooted). */
const LOST_CHECKS = 3;

/** Waits for the results of all nodes. Ends earlier when no other node runs the job any more. */
export async function waitForJob(
  jid: Jid,
  nodes: readonly string[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<SaltJob> {
  const until = world.clock.steadyMs() + JOB_LIMIT_MS;
  let lost = 0;
  let left = { nodes: nodes.length, since: world.clock.steadyMs() };
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(POLL_MS, 2 * pauseMs)) {
    const job = await jobOf(jid, world, signal);
    const pending = nodes.filter((node) => job.returns[node] === undefined);
    if (pending.length !== left.nodes) left = { nodes: pending.length, since: world.clock.steadyMs() };
    const missing = lost === 0 ? '' : `. No result and no sign of the job on ${listed(pending)}; checking again`;
    world.onProgress({
      done: nodes.length - pending.length,
      total: nodes.length,
      unit: 'nodes',
      note: `job ${jid}${missing}`,
    });
    if (pending.length === 0) return job;
    const isQuiet = world.clock.steadyMs() >= left.since + QUIET_MS;
    lost = !isQuiet || (await runsSomewhere(jid, pending, world, signal)) ? 0 : lost + 1;
    if (lost >= LOST_CHECKS || world.clock.steadyMs() >= until) return job;
    await world.clock.sleep(lost > 0 ? POLL_MS : pauseMs, signal);
  }
}

/** Reads the job, and retries while the container engine restarts. Throws the last failure. */
async function jobOf(jid: Jid, world: StepWorld, signal: AbortSignal): Promise<SaltJob> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await world.salt.job(jid, signal);
    } catch (error) {
      if (!(error instanceof Failure) || failed >= FAILED_READS) throw error;
      world.onProgress(waitingNote(`job ${jid} cannot be read: ${error.report().what} Retrying.`));
      await world.clock.sleep(POLL_MS, signal);
    }
  }
}

/** True if a pending node still runs the job, or if that could not be checked. */
async function runsSomewhere(
  jid: Jid,
  pending: readonly string[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await world.salt.stillRunning(jid, pending, signal)).length > 0;
  } catch (error) {
    if (error instanceof Failure) return true;
    throw error;
  }
}
