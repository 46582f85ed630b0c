import type { Change, ChangeId, MessageRef } from '../change/change.ts';
import { approvalsNeeded } from '../change/votes.ts';
import { count, firstFew } from '../text/format.ts';
import type { Markup } from '../text/markup.ts';
import { verbPlug } from '../verbs/verbs.ts';

/** A change as a list shows it, with what only the queue and Slack know. */
export interface ListedChange {
  readonly change: Change;
  /** Its card; null if it is not known. */
  readonly card: MessageRef | null;
  /** Changes ahead of it in the queue. */
  readonly waitsFor: readonly ChangeId[];
}

/** `lab-7f3k2q` (a link to its card): what it is, how it stands, and whose turn it is. */
export function changeLine({ change, card, waitsFor }: ListedChange, markup: Markup): string {
  const { intent, requester, id } = change;
  const aim = markup.text(verbPlug(intent.verb).words.aim(change));
  return `${markup.card(id, card)} ${aim}, requested by ${markup.person(requester)}: ${stateInWords(change, waitsFor, markup)}`;
}

/** How a change stands, and whose turn it is. */
export function stateInWords(change: Change, waitsFor: readonly ChangeId[], markup: Markup): string {
  const { moment, person } = markup;
  const by = (who: Change['deniedBy']) => (who === undefined ? '' : ` by ${person(who)}`);
  const when = change.endedAt === undefined ? '' : ` at ${moment(change.endedAt)}`;
  switch (change.state) {
    case 'requested':
      return `${queued(waitsFor) ?? 'the worker inspects the cluster'}.`;
    case 'planned':
      return `${wanted(change)}${change.planExpires === undefined ? '' : ` before ${moment(change.planExpires)}`}.`;
    case 'approved':
      return `approved${by(change.approver)}; ${queued(waitsFor) ?? start(change, markup)}.`;
    case 'applying':
      return `${change.cancelAskedBy === undefined ? 'in progress' : 'stopping'}, ${stepsDone(change)}.`;
    case 'failed':
      return `failed${when} (${stepsDone(change)}). A person decides: retry, undo or close it on its card.`;
    case 'denied':
      return `denied${by(change.deniedBy)}${when}${change.deniedWhy === undefined ? '' : `: “${markup.text(change.deniedWhy)}”`}.`;
    case 'cancelled':
      return `cancelled${by(change.cancelledBy)}${when} (${stepsDone(change)}).`;
    case 'refused':
    case 'expired':
    case 'done':
      return `${change.state}${when}.`;
  }
}

/** When an approved change starts. */
function start({ approval }: Change, { moment }: Pick<Markup, 'moment'>): string {
  const opens = approval?.approval.notBefore;
  return opens === undefined ? 'the worker starts it next' : `it starts when its window opens, ${moment(opens)}`;
}

function wanted(change: Change): string {
  const needed = approvalsNeeded(change);
  const given = change.votes.length;
  if (needed <= 1) return 'the plan waits for an approval';
  return `the plan waits for ${count(needed - given, 'more approval')} of ${needed}`;
}

const queued = (waitsFor: readonly ChangeId[]): string | null =>
  waitsFor.length === 0 ? null : `queued behind ${firstFew(waitsFor)}`;

function stepsDone({ plan, steps }: Change): string {
  const all = plan?.approved.steps ?? [];
  const done = all.filter(({ id }) => steps[id]?.is === 'done').length;
  return `${done} of ${count(all.length, 'step')} done`;
}
