import { BEFORE_THE_STEPS, type Change, type ChangeEvent, type Progress } from '../change/change.ts';
import { approvalsNeeded } from '../change/votes.ts';
import { bytesInWords, secondsInWords } from '../text/format.ts';

/** A new entry of a change that somebody watches, in one line; null for one that says nothing new. `change` is the change with the entry. */
export function runLine(change: Change, event: ChangeEvent): string | null {
  switch (event.type) {
    case 'voted':
      return `Approved by ${event.by.name}: ${change.votes.length} of ${approvalsNeeded(change)} approvals.`;
    case 'approved':
      return event.signed.approval.breakGlass === undefined
        ? `Approved by ${change.approvers.map(({ name }) => name).join(' and ')}.`
        : `BREAK GLASS by ${event.approver.name}: “${event.signed.approval.breakGlass}”.`;
    case 'started':
      return 'Started.';
    case 'step-started':
      return `${stepOf(change, event.step)}…`;
    case 'step-done':
      return `${stepOf(change, event.step)}: ${event.already ? 'was already so' : `done in ${secondsInWords(event.seconds)}`}.`;
    case 'step-failed':
      return `${stepOf(change, event.step)}: failed. ${event.failure.what}`;
    case 'cancel-requested':
      return `${event.by.name} asked to cancel. The change stops at the next safe point.`;
    default:
      return null;
  }
}

/** The progress of a step, and its share of the whole if it is known. */
export function progressLine(
  change: Change,
  progress: Progress,
): { readonly says: string; readonly share: number | null } {
  const { step, done, total, unit, secondsLeft, note } = progress;
  const what = step === BEFORE_THE_STEPS ? '' : `${stepOf(change, step)}: `;
  if (unit === 'wait' || total === 0) return { says: `${what}${note ?? 'waiting'}`, share: null };
  const of = unit === 'bytes' ? `${bytesInWords(done)} of ${bytesInWords(total)}` : `${done} of ${total} ${unit}`;
  const left = secondsLeft === undefined ? '' : `, ${secondsInWords(secondsLeft)} left`;
  return { says: `${what}${of}${left}`, share: done / total };
}

const stepOf = ({ plan }: Change, id: string): string =>
  plan?.approved.steps.find((step) => step.id === id)?.says ?? id;
