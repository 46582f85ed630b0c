import { createHash } from 'node:crypto';
import type { ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Cards, StepList } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused, slackRefused } from '../api/slack-refused.ts';
import { stepList } from '../card/step-list.ts';
import type { CardStyle, CardView } from '../parts/card-view.ts';
import type { Drawing } from '../text/blocks.ts';
import { code } from '../text/foreign-text.ts';
import { claim, confirm } from './claims.ts';
import { edit } from './edit.ts';

export interface StepsPorts {
  readonly cards: Pick<Cards, 'claimReply' | 'confirmReply' | 'releaseReply' | 'stepList' | 'keepStepList'>;
  readonly slack: Pick<SlackPoster, 'reply' | 'update'>;
  readonly clock: Pick<Clock, 'steadyMs'>;
  readonly log: Log;
}

/** What this process has learned about lists of steps. */
export interface ShownSteps {
  /** The style that this workspace accepts. */
  style: CardStyle;
  /** When each list of a running change was last edited here, by the steady clock. */
  readonly edited: Map<ChangeId, number>;
  /** Running changes whose list is older than their card. */
  readonly late: Set<ChangeId>;
  readonly unconfirmed: Set<string>;
  /** Lists of running changes, in case Redis loses their places: a second list would leave the first one behind for good. */
  readonly lists: Map<ChangeId, StepList>;
}

/** The card shows the progress of a step every three seconds; the list follows in some of Slack's edits that are left. */
const LIVE_EVERY_MS = 9_000;
/** The list was deleted; a person did not want it. */
const GONE = 'gone';

/**
 * Shows every step's state in one message of the thread, edited in place. While the change runs, its card goes first: `late` when
 * Slack's limits leave no edit for the list now. Progress within a step is only shown as they allow.
 */
export async function showSteps(
  card: MessageRef,
  view: CardView,
  learnt: ShownSteps,
  ports: StepsPorts,
): Promise<'shown' | 'late'> {
  const { id, state } = view.change;
  learnt.late.delete(id);
  if (state !== 'applying') learnt.edited.delete(id);
  try {
    await tryToShow(card, view, learnt, ports);
    return 'shown';
  } catch (error) {
    const isLate = error instanceof SlackRefused && error.fault === 'rate-limited' && state === 'applying';
    if (!isLate) throw error;
    learnt.late.add(id);
    return 'late';
  }
}

async function tryToShow(card: MessageRef, view: CardView, learnt: ShownSteps, ports: StepsPorts): Promise<void> {
  const { id, state } = view.change;
  const states = stepList({ ...view, progress: [] }, learnt.style);
  const list = states === null ? null : await listBelow(card, view, learnt, ports);
  if (states === null || list === null || list.shows === GONE) return;
  const shows = digestOf(states);
  if (list.shows === shows && !isDue(view, learnt, ports.clock)) return;
  const now = await redrawn(list, view, learnt, ports);
  if (state === 'applying') learnt.edited.set(id, ports.clock.steadyMs());
  else learnt.lists.delete(id);
  if (list.shows !== shows || now === GONE)
    await ports.cards.keepStepList(id, { ...list, shows: now === GONE ? GONE : shows });
}

function isDue({ change, progress = [] }: CardView, { edited }: ShownSteps, clock: StepsPorts['clock']): boolean {
  const isMoving = progress.some(({ step }) => change.steps[step]?.is === 'running');
  return isMoving && clock.steadyMs() - (edited.get(change.id) ?? Number.NEGATIVE_INFINITY) >= LIVE_EVERY_MS;
}

/** Equal for equal drawings. */
export const digestOf = (drawing: Drawing): string =>
  createHash('sha256').update(JSON.stringify(drawing)).digest('hex');

/** Draws the list; classic where Slack does not take plan blocks. */
async function redrawn(
  list: StepList,
  view: CardView,
  learnt: ShownSteps,
  ports: StepsPorts,
): Promise<'shown' | typeof GONE> {
  const urgency = view.change.state === 'applying' ? 'steps' : 'end';
  const draw = (limit: number) => stepList(view, learnt.style, limit) ?? NOTHING;
  const refused = await edit(list.place, draw, urgency, ports.slack);
  if (refused === null) return 'shown';
  const { code: why, notes } = refused;
  const { id: change } = view.change;
  if (refused.fault === 'gone') {
    ports.log.warn({ change, place: list.place, code: why }, 'The list of steps is gone');
    return GONE;
  }
  if (learnt.style === 'plan') {
    ports.log.warn({ change, notes }, 'Slack rejects plan blocks, using classic lists');
    learnt.style = 'classic';
    return redrawn(list, view, learnt, ports);
  }
  ports.log.error({ change, code: why, notes }, 'Slack rejects the blocks of a list of steps');
  return 'shown';
}

const NOTHING: Drawing = { text: '–', blocks: [] };

/** The list in the thread of this card, posted now if a running change has none. Null if there is none, or its place is lost. */
async function listBelow(
  card: MessageRef,
  { change: { id, state } }: CardView,
  { unconfirmed, lists }: ShownSteps,
  ports: StepsPorts,
): Promise<StepList | null> {
  const shared = await ports.cards.stepList(id);
  // The list is there, and the newer bot that posted it knows what it shows.
  if (shared === 'newer') return null;
  const kept = shared ?? lists.get(id);
  if (kept?.card === card.ts) {
    lists.set(id, kept);
    return kept;
  }
  if (state !== 'applying') return null;
  const name = `steps of ${card.ts}`;
  const claimed = await claim(id, [{ name }], unconfirmed, ports);
  if (claimed.length === 0) return null;
  const place = await ports.slack
    .reply(card, `The steps of ${code(id)} follow here.`, false)
    .catch(async (error: unknown) => {
      await ports.cards.releaseReply(id, name);
      throw slackRefused(error);
    });
  const list = { place, card: card.ts, shows: '' };
  lists.set(id, list);
  await ports.cards.keepStepList(id, list);
  await confirm(id, claimed, unconfirmed, ports);
  return list;
}
