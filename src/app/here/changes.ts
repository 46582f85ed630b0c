import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Change, ChangeId } from '../../domain/change/change.ts';
import { redacted } from '../../domain/change/redact.ts';
import type { ListedChange } from '../../domain/questions/change-line.ts';
import type { ChangesAsk, ChangesKnown } from '../../domain/questions/changes/changes.ts';
import type { HistoryAsk, HistoryKnown } from '../../domain/questions/history/history.ts';
import type { LogKnown } from '../../domain/questions/log/log.ts';
import type { ShowKnown } from '../../domain/questions/show/show.ts';
import type { Remembered } from '../../ports/record.ts';
import { isWanted } from '../answer/changes.ts';
import type { HerePorts } from './ports.ts';

type Reading = Pick<HerePorts, 'cluster' | 'clock' | 'memory'>;

/** Changes that one answer lists. */
const MOST_LISTED = 200;
/** A failed change can be retried or undone for about this long; the journal does not know whether a person has closed it since. */
const DECIDED_AFTER_MS = 7 * 24 * 3_600_000;

/** The changes in the worker's journal, newest first. Throws what reading the journal throws. */
export async function changesHere(ask: ChangesAsk, ports: Reading): Promise<ChangesKnown | Refusal> {
  if (ask.onlyMine)
    return refuse('bad-command', '--mine is for Slack: changes have Slack’s users, not logins of this node.');
  const { changes, isCut } = await ports.memory.recent(MOST_LISTED);
  const now = ports.clock.now();
  const found = changes.map((change) => asOfNow(change, now)).filter((change) => isListed(change, ask, now));
  return { ask, clusters: [ports.cluster], found: found.map(listed), isCut };
}

/** What was done on a node, as far as the journal has it. */
export async function historyHere(ask: HistoryAsk, ports: Reading): Promise<HistoryKnown> {
  const all: ChangesAsk = { cluster: ask.cluster, which: 'all', onlyMine: false, node: ask.node };
  const now = ports.clock.now();
  const { changes, isCut } = await ports.memory.recent(MOST_LISTED, (change) => isWanted(change, all, ''));
  return { ask, found: changes.map((change) => listed(asOfNow(change, now))), from: 'journal', isCut };
}

/** The change that was asked for. */
export async function showHere(
  { change }: { readonly change: ChangeId },
  ports: Reading,
): Promise<ShowKnown | Refusal> {
  const found = await remembered(change, ports);
  return isRefusal(found) ? found : listed(found.change);
}

/** The same, with its whole record. */
export async function logHere({ change }: { readonly change: ChangeId }, ports: Reading): Promise<LogKnown | Refusal> {
  const found = await remembered(change, ports);
  return isRefusal(found) ? found : { ...listed(found.change), events: found.events.map(redacted) };
}

async function remembered(id: ChangeId, { memory, clock }: Reading): Promise<Remembered | Refusal> {
  const found = await memory.get(id);
  if (found !== null) return { ...found, change: asOfNow(found.change, clock.now()) };
  return refuse(
    'unknown-change',
    `The worker’s journal has no change ${id}. It has only what the worker has planned.`,
    'To list the changes that it has: registry-ha changes --all',
  );
}

/** Cards and the queue are Slack's and Redis'. */
const listed = (change: Change): ListedChange => ({ change, card: null, waitsFor: [] });

/** That an undecided plan has expired is written by the bot, and so not into the journal. */
function asOfNow(change: Change, now: Date): Change {
  const { state, planExpires } = change;
  const isExpired = state === 'planned' && planExpires !== undefined && Date.parse(planExpires) <= now.getTime();
  return isExpired ? { ...change, state: 'expired', endedAt: planExpires } : change;
}

function isListed(change: Change, ask: ChangesAsk, now: Date): boolean {
  const isOld = change.undoneBy !== undefined || Date.parse(change.endedAt ?? '') + DECIDED_AFTER_MS < now.getTime();
  const isClosed = change.state === 'failed' && isOld;
  return isWanted(change, ask, '') && !(ask.which === 'open' && isClosed);
}
