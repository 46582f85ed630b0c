import type { ChangeId } from '../domain/change.ts';
import type { Clock } from '../ports.ts';
import type { ClusterPorts } from './request-change.ts';

export interface TendPorts extends ClusterPorts {
  readonly clock: Clock;
}

/** Looks after the open changes of a cluster: plans that nobody decided expire, and jobs that a dying bot did not queue are queued. */
export async function tendChanges(ports: TendPorts): Promise<void> {
  for (const id of await ports.changes.open()) await tendChange(id, ports);
}

async function tendChange(id: ChangeId, { changes, queue, clock }: TendPorts): Promise<void> {
  const stored = await changes.get(id);
  if (stored === null) return;
  const { change, version } = stored;
  if (change.state === 'requested') await queue.add('plan', id, 1);
  if (change.state === 'approved') await queue.add('apply', id, 1);
  if (change.state !== 'planned' || !(Date.parse(change.planExpires ?? '') <= clock.now().getTime())) return;
  // Whoever decided in this very moment wins: then the record has grown, and this entry is not taken.
  await changes.append(id, version, { type: 'expired', at: clock.now().toISOString() });
}
