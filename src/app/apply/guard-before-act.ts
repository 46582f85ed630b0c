import { stopped } from '../../domain/answers/failure.ts';
import { refuse } from '../../domain/answers/refusal.ts';
import { RETRY_HINT } from '../../domain/answers/retry-hint.ts';
import type { Jid, RunningJob } from '../../domain/cluster/salt.ts';
import { refusalBeforeStep } from '../../domain/guards/guards.ts';
import { scriptsRefusal } from '../../domain/guards/scripts.ts';
import { listed } from '../../domain/text/format.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BootstrapNode, Kubernetes } from '../../ports/cluster.ts';
import type { Changes } from '../../ports/record.ts';
import type { Salt } from '../../ports/salt.ts';

/** Another person's highstate takes minutes. After this limit, a person must check. */
export const BUSY_LIMIT_MS = 10 * 60_000;
export const BUSY_POLL_MS = 5_000;

export interface GuardPorts {
  readonly bootstrap: Pick<BootstrapNode, 'scripts'>;
  readonly kubernetes: Kubernetes;
  readonly salt: Salt;
  readonly clock: Clock;
  readonly changes: Pick<Changes, 'stillOurs'>;
  /** Reports what the worker waits for. */
  readonly onWait: (says: string) => void;
}

/** Checks right before a step acts, because the cluster may have changed since the approval. Throws what stops the step. */
export async function guardBeforeAct(
  planned: { readonly version: string; readonly nodes: readonly string[]; readonly ownJobs: readonly Jid[] },
  ports: GuardPorts,
  signal: AbortSignal,
): Promise<void> {
  await whileSaltIsBusy(planned.ownJobs, ports, signal);
  const kube = await ports.kubernetes.look(signal);
  const refusal =
    refusalBeforeStep(kube, planned.version, planned.nodes) ?? scriptsRefusal(await ports.bootstrap.scripts(signal));
  if (refusal !== null) throw stopped(refusal);
  // A process that was suspended (SIGSTOP) continues here before any of its timers fires.
  await ports.changes.stillOurs();
}

/** Waits for other state runs to end, because Salt runs one at a time. Throws what stops the step after ten minutes. */
async function whileSaltIsBusy(
  ownJobs: readonly Jid[],
  { salt, clock, onWait }: GuardPorts,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.steadyMs() + BUSY_LIMIT_MS;
  for (;;) {
    const [job] = (await salt.stateRuns(signal)).filter(({ jid }) => !ownJobs.includes(jid));
    if (job === undefined) return;
    if (clock.steadyMs() >= until)
      throw stopped(
        refuse('salt-busy', `${words(job)} has not ended in ten minutes.`, `Wait for it to end, then ${RETRY_HINT}.`),
      );
    onWait(`Waiting for another Salt state run to end: ${words(job)}.`);
    await clock.sleep(BUSY_POLL_MS, signal);
  }
}

const words = ({ fun, nodes, jid }: RunningJob): string => `${fun} on ${listed(nodes)} (jid ${jid})`;
