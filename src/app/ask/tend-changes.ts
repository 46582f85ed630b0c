import { isLogin } from '../../domain/change/approval.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { isRestored } from '../../domain/change/lost-record.ts';
import { type Call, isReminderDue } from '../../domain/policy/call.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredChange } from '../../ports/record.ts';
import { callsFor } from '../policy/calls.ts';
import { redrawRivals } from '../record/rivals.ts';
import { endHolds } from './hold-cluster.ts';
import { queueOrRevoke } from './queue-approved.ts';
import { CARD, CARD_POSTING_MS, type ClusterPorts, noCard } from './request-change.ts';

export interface TendPorts extends ClusterPorts, TendSlack {
  readonly cards: Cards;
  readonly clock: Clock;
  /** Hears of the open changes that were read, without those in doubt. */
  readonly onOpen: (open: readonly Change[]) => void;
}

/** What Slack does for changes that need attention. */
export interface TendSlack {
  /** Posts the card of a change that has none; null if the bot may not post there. */
  postAgain(change: Change): Promise<MessageRef | null>;
  /** Reminds people once that a plan expires soon. */
  remind(change: Change, call: Call): Promise<void>;
}

/** Maintains the open changes of a cluster: expires undecided plans, revokes approvals that are no longer valid, queues missing jobs. */
export async function tendChanges(ports: TendPorts): Promise<void> {
  const open = await ports.changes.open();
  // Only cards of open changes name holds.
  if (open.length > 0) await endHolds(ports);
  const read: Change[] = [];
  await forEachOne(open, async (id) => {
    const stored = await ports.changes.get(id);
    if (stored !== null && stored.doubt === undefined) read.push(stored.change);
    await tendChange(id, stored, ports);
  });
  ports.onOpen(read);
}

async function tendChange(id: ChangeId, stored: StoredChange | null, ports: TendPorts): Promise<void> {
  // Its card shows a warning; a record that is unsigned, or that this version cannot read, is never acted on.
  if (stored?.doubt !== undefined) return;
  // Its worker runs it without the queue, and is telling Redis how.
  if (stored?.change.approval?.approval.approvers.some(isLogin) === true) return;
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
  // Its worker is restoring the record, and knows its card.
  if (isRestored(events)) return;
  const hasCard = (await ports.cards.place(change.id)) !== null || (await postedAgain(stored, ports));
  if (hasCard) await ports.queue.ensure('plan', change.id, 1);
}

/** Posts a new card after a bot died while it posted the first one; nobody would update a card whose place is unknown. */
async function postedAgain({ change, version }: StoredChange, ports: TendPorts): Promise<boolean> {
  const { cards, changes, clock } = ports;
  if ((await cards.claimReply(change.id, CARD, CARD_POSTING_MS)) !== 'ours') return false;
  const place = await ports.postAgain(change);
  if (place === null) await changes.append(change.id, version, noCard(clock));
  else await cards.hang(change.id, place);
  await cards.confirmReply(change.id, CARD);
  return place !== null;
}

async function tendPlanned({ change, version }: StoredChange, ports: TendPorts): Promise<void> {
  const { changes, clock, policy } = ports;
  if (isReminderDue(policy, change, clock.now()))
    return await ports.remind(change, (await callsFor(change, ports)).toDecide);
  if (!(Date.parse(change.planExpires ?? '') <= clock.now().getTime())) return;
  // A person who decides right now wins: the record has grown, and does not accept this entry.
  if (await changes.append(change.id, version, { type: 'expired', at: clock.now().toISOString() }))
    await redrawRivals(change, changes);
}
