import { shortDigest } from '../plan/digest.ts';
import { type Intent, intentInWords } from '../plan/intent.ts';
import type { ChangeEvent } from './change.ts';

/** An event on one line, for people who read a journal: what happened, who caused it, to which plan, and what else there is to say. */
export function eventInWords(event: ChangeEvent): string {
  const what = resultOf(event) || event.type.replace('step-', '');
  const parts = [
    'step' in event ? `${event.step}: ${what}` : what,
    'seconds' in event ? `in ${event.seconds} s` : '',
    after('by ', whoOf(event)),
    after('plan ', shortDigest(planOf(event))),
  ];
  return `${parts.filter((part) => part !== '').join(' ')}${after(': ', saysOf(event))}`;
}

const after = (lead: string, text: string): string => (text === '' ? '' : `${lead}${text}`);

/** Digest of the plan that was shown or approved. */
function planOf(event: ChangeEvent): string {
  if (event.type === 'planned') return event.digest;
  return event.type === 'approved' ? event.signed.approval.digest : '';
}

/** The person who caused it, by Slack user id and the name that Slack gave with it; all approvers of an approval; empty for the worker. */
export function whoOf(event: ChangeEvent): string {
  if (event.type === 'approved') return event.signed.approval.approvers.join(' ');
  const person = event.type === 'requested' ? event.requester : 'by' in event && event.by;
  if (person === false || person === undefined) return '';
  return person.id === person.name ? person.id : `${person.id} (${person.name})`;
}

/** What came of a step or of the change; empty for what is no end. */
export function resultOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'step-done':
      return event.already ? 'already so' : 'done';
    case 'step-failed':
    case 'failed':
      return `failed (${event.failure.kind})`;
    case 'refused':
      return `refused (${event.refusal.refused})`;
    case 'done':
      return 'done';
    default:
      return '';
  }
}

/** What else there is to say; empty when nothing. */
export function saysOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'requested':
      return requestInWords(event.intent);
    case 'planned':
      return `${event.plan.approved.steps.length} steps, to be decided until ${event.expires}`;
    case 'approved':
      return `asked by ${event.signed.approval.requester}, to be started until ${event.signed.approval.expires}, signed with ${event.signed.key}`;
    case 'job-started':
      return `Salt job ${event.jid}`;
    case 'step-done':
      return event.note ?? '';
    case 'step-failed':
    case 'failed':
      return `${event.failure.where}: ${event.failure.what}`;
    case 'refused':
      return event.refusal.says;
    case 'undone':
      return `by ${event.change}`;
    case 'done':
      return `served ${event.proof.served}/${event.proof.expected} images, engines ${event.proof.engines}/${event.proof.engineTotal}`;
    default:
      return '';
  }
}

const requestInWords = (intent: Intent): string =>
  `${intentInWords(intent)}${intent.reason === undefined ? '' : `, reason: ${intent.reason}`}`;
