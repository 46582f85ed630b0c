import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { NO_CALLS } from '../../app/policy/calls.ts';
import { NO_CARD } from '../../domain/change/author.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { durationsOf } from '../../domain/change/event-words.ts';
import { WORKER_THERE } from '../../domain/cluster/worker-state.ts';
import { NOTHING_HELD } from '../../domain/policy/active-holds.ts';
import type { CardLease, Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Changes, StoredChange } from '../../ports/record.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused } from '../api/slack-refused.ts';
import type { Urgency } from '../api/update-pace.ts';
import { callReplies } from '../card/calls.ts';
import { renderCard } from '../card/card.ts';
import { doubtReply } from '../card/doubt-card.ts';
import { repliesOf } from '../card/replies.ts';
import type { Reply } from '../card/reply.ts';
import { asideOf, calledForSilence, mayBecomeReadable } from '../card/worker-outage.ts';
import type { CardView } from '../parts/card-view.ts';
import { edit } from './edit.ts';
import { postAnew, tellRequester } from './lost-card.ts';
import { type Posted, postPlanFile } from './plan-file.ts';
import { isClosedChannel } from './post-card.ts';
import { digestOf, type ShownSteps, showSteps } from './show-steps.ts';
import { postReplies } from './thread-replies.ts';
import { isUpToDate } from './up-to-date.ts';
import { isInTheWay, isWaiting, keepTold, urgencyOf } from './urgency.ts';

export interface DrawPorts {
  changes(cluster: string): Changes;
  readonly cards: Cards;
  readonly slack: SlackPoster;
  /** The address of a message. */
  readonly linkTo: (place: MessageRef) => string;
  readonly useCases: Pick<UseCases, 'calls' | 'waitsFor' | 'workerOf' | 'activeHolds' | 'rivals'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What this process has learned from Slack's answers. */
export interface Learnt extends Posted, ShownSteps {
  /** Cards that this process has edited, while something of their thread is not done. */
  readonly begun: Map<ChangeId, string>;
  /** How many entries the cards of planned and failed changes show that this process has drawn. */
  readonly told: Map<ChangeId, number>;
}

export const nothingLearnt = (): Learnt => ({
  style: 'plan',
  edited: new Map(),
  late: new Set(),
  lists: new Map(),
  begun: new Map(),
  told: new Map(),
  unconfirmed: new Set(),
  lacksFiles: false,
  failures: new Map(),
});

/** `nothing`: the card is up to date. `unposted`: it is not posted yet. `drawn`: it was edited. `late`: only its list of steps is not up to date. */
export type Drawn =
  | { readonly is: 'nothing' }
  | { readonly is: 'unposted' }
  | { readonly is: 'late' }
  | { readonly is: 'drawn'; readonly change: Change; readonly isLate: boolean };

/** An edit may start only this long after the lease began, because the edit itself may take ten seconds. */
const YOUNG_MS = 4_000;
/** Changes ahead that are read; the card names four. */
const AHEAD_LIMIT = 10;

/**
 * Draws the current record, posts replies in the thread, and commits the revision last, so that the sweep repeats what was
 * interrupted. `forced` redraws a waiting change without a new revision.
 */
export async function drawCard(
  id: ChangeId,
  forced: boolean,
  lease: CardLease,
  learnt: Learnt,
  ports: DrawPorts,
): Promise<Drawn> {
  const since = ports.clock.steadyMs();
  const [stored, known] = await Promise.all([ports.changes(clusterOf(id)).get(id), ports.cards.place(id)]);
  // The revision is not committed, so the sweep of the bot that posted the card finds and draws it.
  if (stored === null || known === 'newer') return { is: 'nothing' };
  const view = await viewOf(stored, ports);
  const aside = asideOf(view);
  if (isUpToDate(aside, stored, forced, lease))
    return known !== null && learnt.late.has(id) ? await catchUp(known, view, learnt, ports) : { is: 'nothing' };
  const place = known ?? (await restoredPlace(stored, ports.cards));
  if (place === null && !isLost(stored)) return await unposted(stored, lease);
  if (ports.clock.steadyMs() - since > YOUNG_MS)
    throw new SlackRefused('unavailable', 'reading the record took too long');
  if (place !== null && aside === '' && isAsPosted(view, lease)) {
    await lease.commit(stored.revision);
    return { is: 'nothing' };
  }
  const replies = await repliesTo(view, stored, lease, ports);
  const urgency = urgencyOf(view, learnt.told.get(id) === stored.version);
  await show({ place, view, replies, urgency, drawn: lease.drawn }, learnt, ports);
  learnt.begun.delete(id);
  keepTold(stored, learnt.told);
  // A card that this bot cannot read stays outdated, so that the sweep of a newer bot, or of one with the missing key, draws it.
  await lease.commit(mayBecomeReadable(aside) ? lease.drawn : stored.revision, aside);
  return { is: 'drawn', change: stored.change, isLate: learnt.late.has(id) };
}

/** Only the list of steps, which had to wait for the cards. */
async function catchUp(place: MessageRef, view: CardView, learnt: Learnt, ports: DrawPorts): Promise<Drawn> {
  return { is: (await showSteps(place, view, learnt, ports)) === 'late' ? 'late' : 'nothing' };
}

interface Shown {
  readonly place: MessageRef | null;
  readonly view: CardView;
  readonly replies: readonly Reply[];
  readonly urgency: Urgency;
  /** The revision that the card shows by the lease. */
  readonly drawn: number;
}

/** Edits the card, or posts it anew, with its replies and its list of steps. If the channel is closed, the requester gets a direct message. */
async function show(shown: Shown, learnt: Learnt, ports: DrawPorts): Promise<void> {
  const { place, view, replies } = shown;
  try {
    const isEdited = place !== null && (await editCard(place, shown, learnt, ports));
    const at = isEdited ? place : await postAnew(view, place, ports);
    const posted = await postReplies(at, view.change.id, replies, learnt.unconfirmed, ports);
    if (posted.some(({ isEnd }) => isEnd === true)) await afterEnd(view.change, ports);
    if (view.doubt !== undefined) return;
    await showSteps(at, view, learnt, ports);
    await postPlanFile(at, view.change, learnt, ports);
  } catch (error) {
    if (!isClosedChannel(error)) throw error;
    const { change } = view;
    if ((await tellRequester(view, ports)) && change.endedAt !== undefined) logEnd(change, ports.log);
  }
}

/** Once over all replicas. The plans of rivals were out of date while this change was in progress. */
async function afterEnd(change: Change, { useCases, changes, log }: DrawPorts): Promise<void> {
  logEnd(change, log);
  for (const { id } of await useCases.rivals(change)) await changes(clusterOf(id)).redraw(id);
}

/** One line of all replicas together: only one of them posts the reply. */
function logEnd(change: Change, log: Log): void {
  const took = durationsOf(change);
  const { sinceApprovalSeconds: seconds } = took;
  const says = `${change.state}${seconds === undefined ? '' : ` in ${seconds} s`}`;
  log.info({ change: change.id, says, ...took }, 'Change ended');
}

/** What the thread says by now. A group is only read when people may be called. */
async function repliesTo(
  view: CardView,
  { change, doubt, mark }: StoredChange,
  { aside }: CardLease,
  { useCases }: DrawPorts,
): Promise<readonly Reply[]> {
  if (doubt !== undefined) return [doubtReply(change, doubt)];
  const { state, brokenGlass } = change;
  const mayCall = state === 'planned' || state === 'failed' || isInTheWay(change) || brokenGlass !== undefined;
  const calls = mayCall ? await useCases.calls(change) : NO_CALLS;
  const said = repliesOf(change, mark, calls);
  const called = callReplies(view, calls, calledForSilence(aside));
  return state === 'planned' ? [...called, ...said] : [...said, ...called];
}

/** The card's place from a restored record, after Redis lost it. */
async function restoredPlace(
  { change: { id }, events: [first] }: StoredChange,
  cards: Cards,
): Promise<MessageRef | null> {
  if (first?.type !== 'requested' || first.retold === undefined || first.card === undefined) return null;
  await cards.hang(id, first.card);
  return first.card;
}

/** True for a change that had a card: its plan is made only after the card is posted. */
const isLost = ({ change, doubt }: StoredChange): boolean =>
  doubt === undefined && change.state !== 'requested' && change.failure?.kind !== NO_CARD;

/** A change that ended because its card could not be posted has nothing to draw. */
async function unposted({ change, revision }: StoredChange, lease: CardLease): Promise<Drawn> {
  if (change.failure?.kind !== NO_CARD) return { is: 'unposted' };
  await lease.commit(revision);
  return { is: 'nothing' };
}

/** True if the posted card already looks like this; an edit would only delay the next one. */
const isAsPosted = ({ change, waitsFor, doubt, progress = [] }: CardView, { drawn }: CardLease): boolean =>
  drawn === 0 && doubt === undefined && change.state === 'requested' && waitsFor.length + progress.length === 0;

async function viewOf({ change, progress, doubt }: StoredChange, ports: DrawPorts): Promise<CardView> {
  if (doubt !== undefined) return { change, doubt, waitsFor: [], now: ports.clock.now() };
  const waitsFor = isWaiting(change) ? await stillAhead(change, ports) : [];
  const worker = isInTheWay(change) ? await ports.useCases.workerOf(clusterOf(change.id)) : WORKER_THERE;
  // Progress of a silent worker is outdated.
  const current = worker.is === 'there' ? progress : [];
  const mayBeHeld = change.state === 'planned' || change.state === 'failed' || change.state === 'approved';
  const activeHolds = mayBeHeld ? await ports.useCases.activeHolds(change) : NOTHING_HELD;
  const rivals = change.state === 'planned' ? await ports.useCases.rivals(change) : [];
  return { change, progress: current, waitsFor, worker, activeHolds, rivals, now: ports.clock.now() };
}

/** A job may stay in the queue for a moment after its change has ended. */
async function stillAhead(change: Change, { useCases, changes }: DrawPorts): Promise<readonly ChangeId[]> {
  const ahead = (await useCases.waitsFor(change)).filter((id) => id !== change.id).slice(0, AHEAD_LIMIT);
  const stored = await Promise.all(ahead.map((id) => changes(clusterOf(id)).get(id)));
  return ahead.filter((_, index) => {
    const other = stored[index];
    return other !== null && other !== undefined && isInTheWay(other.change);
  });
}

/** False when the message is gone. A card that was edited before something below it failed is not edited again. */
async function editCard(
  place: MessageRef,
  { view, drawn, urgency }: Shown,
  { begun }: Learnt,
  { slack, log }: DrawPorts,
): Promise<boolean> {
  const { id: change } = view.change;
  const shows = `${drawn} ${place.ts} ${digestOf(renderCard(view))}`;
  if (begun.get(change) === shows) return true;
  const refused = await edit(place, (limit) => renderCard(view, limit), urgency, slack);
  if (refused === null) {
    begun.set(change, shows);
    return true;
  }
  const { fault, code, notes } = refused;
  if (fault !== 'gone') log.error({ change, code, notes }, 'Slack rejects the blocks of a card');
  else log.warn({ change, place, code }, 'Card message is gone');
  return fault !== 'gone';
}
