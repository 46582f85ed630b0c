import { BEFORE_THE_STEPS, type Change } from '../../domain/change/change.ts';
import { shortDigest } from '../../domain/plan/digest.ts';
import { inTheWay, NOTHING_HELD } from '../../domain/policy/active-holds.ts';
import { count, firstFew, secondsInWords } from '../../domain/text/format.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import type { CardView, Status } from '../parts/card-view.ts';
import { approvalsSoFar, approversOf, decidersWanted } from '../text/approvals-line.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';
import { MRKDWN } from '../text/markup.ts';
import { moment, person, withPlainMoments } from '../text/names.ts';
import { workerOutage } from './worker-outage.ts';

/** What the change is about: `Add a registry on node-2`, `Undo lab-7f3k2q on node-2`. */
export const aim = (change: Change): string => verbPlug(change.intent.verb).words.aim(change);

/** The message's text: what a notification shows and a screen reader reads instead of the blocks. */
export function statusText(view: CardView): string {
  const { lead, rest } = statusOf(view);
  const sentences = `${escaped(aim(view.change))} (${escaped(view.change.id)}). ${lead} ${rest}`.trimEnd();
  return cut(withPlainMoments(sentences), TEXT_LIMIT);
}

/** How the change stands now. */
export function statusOf(view: CardView): Status {
  const { change, waitsFor, now, activeHolds } = view;
  const held = workerOutage(view);
  if (held !== null) return held;
  switch (change.state) {
    case 'requested':
      return requested(waitsFor);
    case 'planned':
      return planned(change, now, inTheWay(change, activeHolds ?? NOTHING_HELD, MRKDWN));
    case 'refused':
      return { lead: 'Refused.', rest: escaped(change.refusal?.says ?? '') };
    case 'approved':
      return approved(view);
    case 'applying':
      return applying(view);
    case 'denied':
      return { lead: 'Denied.', rest: `${decidedBy(change)}Nothing was changed.` };
    case 'expired':
      return { lead: 'Expired.', rest: 'Nobody decided in time; nothing was changed. Ask again for a new plan.' };
    case 'failed':
      return { lead: 'Failed.', rest: `${escaped(change.failure?.what ?? '')} ${approvalsSoFar(change)}`.trimEnd() };
    case 'cancelled':
      return { lead: 'Cancelled.', rest: cancelled(change) };
    case 'done':
      return done(change);
  }
}

function requested(waitsFor: readonly string[]): Status {
  if (waitsFor.length === 0) return { lead: 'Looking at the cluster…', rest: '' };
  return { lead: 'Queued.', rest: `The look at the cluster waits for ${queue(waitsFor)}.` };
}

const queue = (ids: readonly string[]): string => escaped(firstFew(ids));

/** Has the time for a decision run out, though nobody has noted it yet? */
export function isTooLate({ planExpires }: Change, now: Date): boolean {
  return planExpires !== undefined && Date.parse(planExpires) <= now.getTime();
}

function planned(change: Change, now: Date, obstacle: string): Status {
  if (isTooLate(change, now)) return { lead: 'Too late to decide.', rest: 'Ask again for a new plan.' };
  const until = change.planExpires === undefined ? '' : ` until ${moment(change.planExpires)}`;
  const rest = [`${decidersWanted(change)}${until}.`, approvalsSoFar(change), obstacle];
  return { lead: 'The plan is ready.', rest: rest.filter((sentence) => sentence !== '').join(' ') };
}

/** What the worker waits for before it begins or goes on; empty when it does not wait. */
function waiting({ progress }: CardView): string {
  const waits = progress?.find(({ step }) => step === BEFORE_THE_STEPS);
  return waits === undefined ? '' : ` ${escaped(waits.note ?? '')}`;
}

function approved(view: CardView): Status {
  const { change, waitsFor } = view;
  const free = waiting(view).trimStart() || 'Starts as soon as the worker takes it.';
  const turn = waitsFor.length === 0 ? free : `Waits for ${queue(waitsFor)}.`;
  const by = change.approver === undefined ? '' : `By ${approversOf(change)}. `;
  if (change.cancelAskedBy !== undefined) {
    return { lead: 'Stopping.', rest: `${person(change.cancelAskedBy)} asked to cancel; nothing will be started.` };
  }
  return { lead: 'Approved.', rest: `${by}${turn}` };
}

function cancelled({ cancelledBy, startedAt }: Change): string {
  const by = cancelledBy === undefined ? '' : `By ${person(cancelledBy)}. `;
  return `${by}${startedAt === undefined ? 'Nothing was changed.' : 'What is done stays done.'}`;
}

function applying(view: CardView): Status {
  const { plan, steps, cancelAskedBy } = view.change;
  const all = plan?.approved.steps ?? [];
  const finished = all.filter(({ id }) => steps[id]?.is === 'done').length;
  const done = `${finished} of ${count(all.length, 'step')} done.${waiting(view)}`;
  if (cancelAskedBy === undefined) return { lead: 'At work.', rest: done };
  return {
    lead: 'Stopping.',
    rest: `${done} ${person(cancelAskedBy)} asked to cancel; it stops at the next safe point.`,
  };
}

const decidedBy = ({ deniedBy }: Change): string => (deniedBy === undefined ? '' : `By ${person(deniedBy)}. `);

function done(change: Change): Status {
  const time = duration(change);
  const proof = proofInWords(change);
  return { lead: 'Done.', rest: [proof, ...(time === null ? [] : [`It took ${time}.`])].join(' ') };
}

/** What was proved: `Served 13/13 images of 3 archives, engines 4/4.` */
export function proofInWords(change: Change): string {
  const { proof, intent } = change;
  return proof === undefined ? '' : verbPlug(intent.verb).words.proved(change, proof, MRKDWN);
}

/** From the start to the end, in words; null when one of them is not known. */
export function duration({ startedAt, endedAt }: Change): string | null {
  if (startedAt === undefined || endedAt === undefined) return null;
  return secondsInWords((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
}

/** The digest as the card shows it, and as people compare it. */
export const shownDigest = ({ digest }: Change): string | null => (digest === undefined ? null : shortDigest(digest));
