import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { isRetold } from '../../domain/change/lost-record.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredChange } from '../../ports/record.ts';
import { queueOrRevoke } from './queue-approved.ts';
import { CARD, CARD_POSTING_MS, type ClusterPorts, noCard } from './request-change.ts';

export interface TendPorts extends ClusterPorts {
  readonly cards: Cards;
  readonly clock: Clock;
  /** Posts the card of a change that has none; null when nobody may write there. */
  readonly postAgain: PostAgain;
}

export type PostAgain = (change: Change) => Promise<MessageRef | null>;

/**
 * Looks after the open changes of a cluster: plans that nobody decided expire, approvals that the policy does not hold up any more
 * are taken back, and jobs that a dying bot did not queue, that Redis lost or that were given up are queued.
 */
export async function tendChanges(ports: TendPorts): Promise<void> {
  await forEachOne(await ports.changes.open(), (id) => tendChange(id, ports));
}

async function tendChange(id: ChangeId, ports: TendPorts): Promise<void> {
  const stored = await ports.changes.get(id);
  // Its card shows a warning; a record that is unsigned, or that this version cannot read, is never acted on.
  if (stored?.doubt !== undefined) return;
  switch (stored?.change.state) {
    case 'requested':
      return await tendRequested(stored, ports);
    case 'planned':
      return await tendPlanned(stored, ports);
    case 'approved':
      return await queueOrRevoke(stored.change, stored.version, 'ensure', ports);
    case 'applying':
      return await ports.queue.ensure('apply', id, stored.change.approvals);
    default:
      return;
  }
}

async function tendRequested(stored: StoredChange, ports: TendPorts): Promise<void> {
  const { change, events } = stored;
  // Its worker is about to tell the rest, and knows its card.
  if (isRetold(events)) return;
  const hangs = (await ports.cards.place(change.id)) !== null || (await hungAgain(stored, ports));
  if (hangs) await ports.queue.ensure('plan', change.id, 1);
}

/** A bot that died while it posted the card left the asker with none, or with one that nobody keeps: a fresh one is posted. */
async function hungAgain({ change, version }: StoredChange, ports: TendPorts): Promise<boolean> {
  const { cards, changes, clock } = ports;
  if ((await cards.claimReply(change.id, CARD, CARD_POSTING_MS)) !== 'ours') return false;
  const place = await ports.postAgain(change);
  if (place === null) await changes.append(change.id, version, noCard(clock));
  else await cards.hang(change.id, place);
  await cards.confirmReply(change.id, CARD);
  return place !== null;
}

async function tendPlanned({ change, version }: StoredChange, { changes, clock }: TendPorts): Promise<void> {
  if (!(Date.parse(change.planExpires ?? '') <= clock.now().getTime())) return;
  // Whoever decided in this very moment wins: then the record has grown, and this entry is not taken.
  await changes.append(change.id, version, { type: 'expired', at: clock.now().toISOString() });
}
