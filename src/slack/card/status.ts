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

/** `Add a registry on node-2`, `Undo lab-7f3k2q on node-2`. */
export const aim = (change: Change): string => verbPlug(change.intent.verb).words.aim(change);

/** The message's text for notifications and screen readers. */
export function statusText(view: CardView): string {
  const { lead, rest } = statusOf(view);
  const sentences = `${escaped(aim(view.change))} (${escaped(view.change.id)}). ${lead} ${rest}`.trimEnd();
  return cut(withPlainMoments(sentences), TEXT_LIMIT);
}

/** The state of the change in words. */
export function statusOf(view: CardView): Status {
  const { change, activeHolds } = view;
  const outage = workerOutage(view);
  if (outage !== null) return outage;
  switch (change.state) {
    case 'requested':
      return requested(view);
    case 'planned':
      return planned(view, inTheWay(change, activeHolds ?? NOTHING_HELD, MRKDWN));
    case 'refused':
      return { lead: 'Refused.', rest: escaped(change.refusal?.says ?? '') };
    case 'approved':
      return approved(view);
    case 'applying':
      return applying(view);
    case 'denied':
      return { lead: 'Denied.', rest: `${decidedBy(change)}Nothing was changed.` };
    case 'expired':
      return { lead: 'Expired.', rest: 'Nobody decided in time. Nothing was changed. Request a new plan.' };
    case 'failed':
      return { lead: 'Failed.', rest: `${escaped(change.failure?.what ?? '')} ${approvalsSoFar(change)}`.trimEnd() };
    case 'cancelled':
      return { lead: 'Cancelled.', rest: cancelled(change) };
    case 'done':
      return done(change);
  }
}

function requested(view: CardView): Status {
  const { waitsFor } = view;
  const waits = waiting(view).trimStart();
  if (waits !== '') return { lead: 'Queued.', rest: waits };
  if (waitsFor.length === 0) return { lead: 'Inspecting the cluster…', rest: '' };
  return { lead: 'Queued.', rest: `The inspection of the cluster waits for ${queue(waitsFor)}.` };
}

const queue = (ids: readonly string[]): string => escaped(firstFew(ids));

/** True if the plan has expired, even if the record does not say so yet. */
export function isTooLate({ planExpires }: Change, now: Date): boolean {
  return planExpires !== undefined && Date.parse(planExpires) <= now.getTime();
}

function planned({ change, now, rivals = [] }: CardView, hold: string): Status {
  if (isTooLate(change, now)) return { lead: 'The plan has expired.', rest: 'Request a new plan.' };
  const started = rivals.filter(({ state }) => state === 'approved' || state === 'applying');
  if (started.length > 0) {
    const rest = `${namesOf(started)} changes the same node and is approved. Request a new plan when it has ended.`;
    return { lead: 'The plan is out of date.', rest };
  }
  const until = change.planExpires === undefined ? '' : ` before ${moment(change.planExpires)}`;
  const rest = [`${decidersWanted(change)}${until}.`, approvalsSoFar(change), hold, rivalry(rivals)];
  return { lead: 'The plan is ready.', rest: rest.filter((sentence) => sentence !== '').join(' ') };
}

const namesOf = (changes: readonly Change[]): string => escaped(firstFew(changes.map(({ id }) => id)));

/** Other open changes of the same nodes: only one of them can run with the plan that its card shows. */
function rivalry(rivals: readonly Change[]): string {
  if (rivals.length === 0) return '';
  return `${namesOf(rivals)} ${rivals.length === 1 ? 'is' : 'are'} open for the same node. Approving one makes the other plans out of date.`;
}

/** What the worker waits for before it starts or resumes; empty when it does not wait. */
function waiting({ progress }: CardView): string {
  const waits = progress?.find(({ step }) => step === BEFORE_THE_STEPS);
  return waits === undefined ? '' : ` ${escaped(waits.note ?? '')}`;
}

/** For what an approved change waits; empty when it starts at once. */
export function opening({ approval }: Change): string {
  const opens = approval?.approval.notBefore;
  return opens === undefined ? '' : `It starts when its maintenance window opens, ${moment(opens)}.`;
}

function approved(view: CardView): Status {
  const { change, waitsFor, activeHolds } = view;
  const held = escaped(activeHolds?.heldBack ?? '');
  const free = held || waiting(view).trimStart() || opening(change) || 'The worker starts it next.';
  const turn = waitsFor.length === 0 ? free : `It waits for ${queue(waitsFor)}.`;
  const by = change.approver === undefined ? '' : `By ${approversOf(change)}. `;
  if (change.cancelAskedBy !== undefined) {
    return { lead: 'Stopping.', rest: `${person(change.cancelAskedBy)} asked to cancel. No step will start.` };
  }
  return { lead: 'Approved.', rest: `${by}${turn}` };
}

function cancelled({ cancelledBy, startedAt }: Change): string {
  const by = cancelledBy === undefined ? '' : `By ${person(cancelledBy)}. `;
  return `${by}${startedAt === undefined ? 'Nothing was changed.' : 'Completed steps stay completed.'}`;
}

function applying(view: CardView): Status {
  const { plan, steps, cancelAskedBy } = view.change;
  const all = plan?.approved.steps ?? [];
  const finished = all.filter(({ id }) => steps[id]?.is === 'done').length;
  const done = `${finished} of ${count(all.length, 'step')} done.${waiting(view)}`;
  if (cancelAskedBy === undefined) return { lead: 'In progress.', rest: done };
  return {
    lead: 'Stopping.',
    rest: `${done} ${person(cancelAskedBy)} asked to cancel. The change stops at the next safe point.`,
  };
}

function decidedBy({ deniedBy, deniedWhy }: Change): string {
  if (deniedBy === undefined) return '';
  return `By ${person(deniedBy)}${deniedWhy === undefined ? '' : `: “${escaped(deniedWhy)}”`}. `;
}

function done(change: Change): Status {
  const time = duration(change);
  const proof = proofInWords(change);
  return { lead: 'Done.', rest: [proof, ...(time === null ? [] : [`It took ${time}.`])].join(' ') };
}

/** `Served 13/13 images of 3 archives, engines 4/4.` */
export function proofInWords(change: Change): string {
  const { proof, intent } = change;
  return proof === undefined ? '' : verbPlug(intent.verb).words.proved(change, proof, MRKDWN);
}

/** How long a completed change took, in words; null for any other. Never by the time of day, which may be set meanwhile. */
export const duration = ({ seconds }: Change): string | null =>
  seconds === undefined ? null : secondsInWords(seconds);

/** The digest in the short form that people compare. */
export const shownDigest = ({ digest }: Change): string | null => (digest === undefined ? null : shortDigest(digest));
