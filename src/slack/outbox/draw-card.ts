import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { NO_CARD } from '../../domain/change/author.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { WORKER_THERE } from '../../domain/cluster/worker-state.ts';
import { NOTHING_HELD } from '../../domain/policy/active-holds.ts';
import type { CardLease, Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Changes, StoredChange } from '../../ports/record.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused, slackRefused } from '../api/slack-refused.ts';
import { renderCard } from '../card/card.ts';
import { asideOf, UNREADABLE } from '../card/worker-outage.ts';
import type { CardStyle, CardView } from '../parts/card-view.ts';
import type { Drawing } from '../text/blocks.ts';
import { postReplies } from './thread-replies.ts';

/** What drawing a card needs of the world. */
export interface DrawPorts {
  changes(cluster: string): Changes;
  readonly cards: Cards;
  readonly slack: SlackPoster;
  readonly useCases: Pick<UseCases, 'waitsFor' | 'workerOf' | 'activeHolds'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What a bot has learnt from answers. */
export interface Learnt {
  /** How this workspace takes cards. */
  style: CardStyle;
  /** Replies that Slack has, though that could not be noted yet. */
  readonly unconfirmed: Set<string>;
}

/** `nothing`: the card shows all there is. `unposted`: it is not posted yet. `drawn`: it was edited, and shows this change now. */
export type Drawn =
  | { readonly is: 'nothing' }
  | { readonly is: 'unposted' }
  | { readonly is: 'drawn'; readonly change: Change };

/** A lease is used for an edit only while it is young: the edit itself may take ten seconds. */
const YOUNG_MS = 4_000;
/** Changes ahead that are looked up; the card names four of them. */
const AHEAD_LIMIT = 10;

/**
 * Draws the card as the record is now, tells the turning points in its thread, and notes the revision last: what is not noted is
 * found again by the sweep. `forced` redraws a waiting change whose own record says nothing new.
 */
export async function drawCard(
  id: ChangeId,
  forced: boolean,
  lease: CardLease,
  learnt: Learnt,
  ports: DrawPorts,
): Promise<Drawn> {
  const since = ports.clock.steadyMs();
  const [stored, hung] = await Promise.all([ports.changes(clusterOf(id)).get(id), ports.cards.place(id)]);
  if (stored === null) return { is: 'nothing' };
  const view = await viewOf(stored, ports);
  const aside = asideOf(view);
  if (aside === UNREADABLE ? isShown(stored, lease) : aside === lease.aside && !isWorthDrawing(stored, forced, lease))
    return { is: 'nothing' };
  const place = hung ?? (await hungAsBefore(stored, ports.cards));
  if (place === null) return await unposted(stored, lease);
  if (ports.clock.steadyMs() - since > YOUNG_MS) throw new SlackRefused('unavailable', 'the record answers too slowly');
  if (aside === '' && isAsPosted(view, lease)) {
    await lease.commit(stored.revision);
    return { is: 'nothing' };
  }
  const hangs = await edit(place, view, learnt, ports);
  if (hangs) await postReplies(place, stored, learnt.unconfirmed, ports);
  // What this bot cannot read stays behind, so that a newer bot's sweep finds it and draws it.
  await lease.commit(aside === UNREADABLE ? lease.drawn : stored.revision, aside);
  return { is: 'drawn', change: stored.change };
}

/** Redis has lost where the card hangs; the worker that tells the change again knows it from its journal. */
async function hungAsBefore(
  { change: { id }, events: [first] }: StoredChange,
  cards: Cards,
): Promise<MessageRef | null> {
  if (first?.type !== 'requested' || first.retold === undefined || first.card === undefined) return null;
  await cards.hang(id, first.card);
  return first.card;
}

/** A change that ended because no card of it could be posted has nothing to draw. */
async function unposted({ change, revision }: StoredChange, lease: CardLease): Promise<Drawn> {
  if (change.failure?.kind !== NO_CARD) return { is: 'unposted' };
  await lease.commit(revision);
  return { is: 'nothing' };
}

/** A card is posted as a fresh request that waits for nobody; an edit would only delay the next one. */
const isAsPosted = ({ change, waitsFor, doubt }: CardView, { drawn }: CardLease): boolean =>
  drawn === 0 && doubt === undefined && change.state === 'requested' && waitsFor.length === 0;

/** Has a newer bot drawn what this one cannot read, or has an old one said so? */
const isShown = ({ revision }: StoredChange, { drawn, aside }: CardLease): boolean =>
  drawn >= revision || aside === UNREADABLE;

function isWorthDrawing({ change, revision }: StoredChange, forced: boolean, { drawn }: CardLease): boolean {
  return revision > drawn || (forced && isWaiting(change));
}

const isWaiting = ({ state }: Change): boolean => state === 'requested' || state === 'approved';

/** Does the worker have, or will it take, something of this change, so that others wait for it? */
export const isInTheWay = (change: Change): boolean => isWaiting(change) || change.state === 'applying';

async function viewOf({ change, progress, doubt }: StoredChange, ports: DrawPorts): Promise<CardView> {
  if (doubt !== undefined) return { change, doubt, waitsFor: [], now: ports.clock.now() };
  const waitsFor = isWaiting(change) ? await stillAhead(change, ports) : [];
  const worker = isInTheWay(change) ? await ports.useCases.workerOf(clusterOf(change.id)) : WORKER_THERE;
  // What a worker that is gone said last is true no more.
  const told = worker.is === 'there' ? progress : [];
  const activeHolds =
    change.state === 'planned' ? await ports.useCases.activeHolds(change.intent.cluster) : NOTHING_HELD;
  return { change, progress: told, waitsFor, worker, activeHolds, now: ports.clock.now() };
}

/** A job that is about to end is still in the queue when its change has ended already. */
async function stillAhead(change: Change, { useCases, changes }: DrawPorts): Promise<readonly ChangeId[]> {
  const ahead = (await useCases.waitsFor(change)).filter((id) => id !== change.id).slice(0, AHEAD_LIMIT);
  const stored = await Promise.all(ahead.map((id) => changes(clusterOf(id)).get(id)));
  return ahead.filter((_, index) => {
    const other = stored[index];
    return other !== null && other !== undefined && isInTheWay(other.change);
  });
}

type EditPorts = Pick<DrawPorts, 'slack' | 'log'>;

/** False when the message is gone: then there is no thread to reply in either. */
async function edit(place: MessageRef, view: CardView, learnt: Learnt, ports: EditPorts): Promise<boolean> {
  const { slack, log } = ports;
  const drawing = renderCard(view, learnt.style);
  try {
    await slack.update(place, drawing);
    return true;
  } catch (error) {
    const refused = slackRefused(error);
    if (refused.fault === 'gone') {
      log.warn({ change: view.change.id, place, code: refused.code }, 'a card cannot be drawn any more');
      return false;
    }
    if (refused.fault !== 'invalid-blocks') throw refused;
    if (learnt.style === 'plan' && hasPlanBlock(drawing)) {
      log.warn(
        { change: view.change.id, notes: refused.notes },
        'Slack refuses plan blocks; classic cards from now on',
      );
      learnt.style = 'classic';
      return edit(place, view, learnt, ports);
    }
    log.error({ change: view.change.id, code: refused.code, notes: refused.notes }, 'Slack refuses a card');
    return true;
  }
}

const hasPlanBlock = ({ blocks }: Drawing): boolean => blocks.some(({ type }) => type === 'plan');
