import { Stopped } from '../domain/failure.ts';
import { refusalBeforeStep } from '../domain/guards.ts';
import { listed } from '../domain/measure.ts';
import { refuse } from '../domain/refusal.ts';
import type { Jid } from '../domain/salt.ts';
import type { Kubernetes, Salt } from '../ports.ts';

/** The last look before a step changes something: the cluster may have moved since the plan was approved. Throws Stopped. */
export async function guardBeforeAct(
  version: string,
  ownJobs: readonly Jid[],
  { kubernetes, salt }: { readonly kubernetes: Kubernetes; readonly salt: Salt },
  signal: AbortSignal,
): Promise<void> {
  const refusal = refusalBeforeStep(await kubernetes.look(signal), version);
  if (refusal !== null) throw new Stopped(refusal);
  const [job] = (await salt.stateRuns(signal)).filter(({ jid }) => !ownJobs.includes(jid));
  if (job === undefined) return;
  throw new Stopped(
    refuse(
      'salt-busy',
      `Another Salt state run has begun: ${job.fun} on ${listed(job.nodes)} (jid ${job.jid}).`,
      'Wait for it to end, then ask again.',
    ),
  );
}
