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
/** After so long without a new result or sign of the job, the minions are asked for one: that takes as long as reading the job. */
const QUIET_MS = 10_000;
/** A minion that in this many checks has no result and does not run the job has lost it (killed, or the node rebooted). */
const LOST_CHECKS = 3;
/** After the first of them, the result may be under way: a minion that has just ended the job does not run it any more. */
const RECHECKS_MS: readonly number[] = [FIRST_POLL_MS, POLL_MS];

/** Waits for the results of all nodes. Ends earlier when no other node runs the job any more. */
export async function waitForJob(
  jid: Jid,
  nodes: readonly string[],
  world: StepWorld,
  signal: AbortSignal,
): Promise<SaltJob> {
  const until = world.clock.steadyMs() + JOB_LIMIT_MS;
  const signs = new Signs(jid, nodes.length, world);
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(POLL_MS, 2 * pauseMs)) {
    const job = await jobOf(jid, world, signal);
    const pending = nodes.filter((node) => job.returns[node] === undefined);
    const missing = signs.lost === 0 ? '' : `. No result and no sign of the job on ${listed(pending)}; checking again`;
    const done = nodes.length - pending.length;
    world.onProgress({ done, total: nodes.length, unit: 'nodes', note: `job ${jid}${missing}` });
    if (pending.length === 0) return job;
    await signs.look(pending, signal);
    if (signs.lost >= LOST_CHECKS || world.clock.steadyMs() >= until) return job;
    await world.clock.sleep(signs.lost === 0 ? pauseMs : (RECHECKS_MS[signs.lost - 1] ?? POLL_MS), signal);
  }
}

/** How long a job has shown no sign of life: no new result, and no minion that runs it. */
class Signs {
  readonly #jid: Jid;
  readonly #world: StepWorld;
  #pending: number;
  #since: number;
  /** Checks in a row that found none. */
  lost = 0;

  constructor(jid: Jid, nodes: number, world: StepWorld) {
    this.#jid = jid;
    this.#world = world;
    this.#pending = nodes;
    this.#since = world.clock.steadyMs();
  }

  /** Asks the minions that owe their results, if the last sign is long ago. */
  async look(pending: readonly string[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#world;
    const isNew = pending.length !== this.#pending;
    this.#pending = pending.length;
    if (!isNew && clock.steadyMs() < this.#since + QUIET_MS) return;
    if (isNew || (await runsSomewhere(this.#jid, pending, this.#world, signal))) {
      this.#since = clock.steadyMs();
      this.lost = 0;
    } else this.lost += 1;
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
