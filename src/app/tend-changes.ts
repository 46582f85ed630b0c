import type { ChangeId } from '../domain/change.ts';
import type { Cards, Clock, StoredChange } from '../ports.ts';
import { type ClusterPorts, noCard } from './request-change.ts';

export interface TendPorts extends ClusterPorts {
  readonly cards: Cards;
  readonly clock: Clock;
}

/** A bot that was posting a card this long ago has died before it could. */
const CARD_LIMIT_MS = 60_000;

/**
 * Looks after the open changes of a cluster: plans that nobody decided expire, and jobs that a dying bot did not
 * queue, that Redis lost or that were given up are queued.
 */
export async function tendChanges(ports: TendPorts): Promise<void> {
  await forEachOne(await ports.changes.open(), (id) => tendChange(id, ports));
}

/** One after the other; what fails for one does not keep the others waiting, and is thrown at the end. */
export async function forEachOne<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) await act(one).catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} of them could not be looked after`);
}

async function tendChange(id: ChangeId, ports: TendPorts): Promise<void> {
  const stored = await ports.changes.get(id);
  switch (stored?.change.state) {
    case 'requested':
      return await tendRequested(stored, ports);
    case 'planned':
      return await tendPlanned(stored, ports);
    case 'approved':
    case 'applying':
      return await ports.queue.ensure('apply', id, stored.change.approvals);
    default:
      return;
  }
}

async function tendRequested(
  { change, version }: StoredChange,
  { cards, changes, clock, queue }: TendPorts,
): Promise<void> {
  if ((await cards.place(change.id)) !== null) return await queue.ensure('plan', change.id, 1);
  const age = clock.now().getTime() - Date.parse(change.requestedAt);
  if (age > CARD_LIMIT_MS) await changes.append(change.id, version, noCard(clock));
}

async function tendPlanned({ change, version }: StoredChange, { changes, clock }: TendPorts): Promise<void> {
  if (!(Date.parse(change.planExpires ?? '') <= clock.now().getTime())) return;
  // Whoever decided in this very moment wins: then the record has grown, and this entry is not taken.
  await changes.append(change.id, version, { type: 'expired', at: clock.now().toISOString() });
}
