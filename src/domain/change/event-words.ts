import { type ProofResult, proofVerdict } from '../cluster/proof-result.ts';

import { shortDigest } from '../plan/digest.ts';
import { type Intent, intentInWords } from '../plan/intent.ts';
import { bytesInWords, count, firstFew, secondsInWords } from '../text/format.ts';
import type { SignedApproval } from './approval.ts';
import type { Change, ChangeEvent, Proof } from './change.ts';

/** An event on one line of a journal listing: what happened, who caused it, the plan, and details. */
export const eventInWords = (event: ChangeEvent): string => inWords(event, null);

/** The same, of the event that has ended a change, with the seconds since its approval. */
export const endInWords = (event: ChangeEvent, took: Durations): string =>
  inWords(event, took.sinceApprovalSeconds ?? null);

/** How long an ended change took, in whole seconds by the times in its record. Unknown ones are left out. */
export interface Durations {
  readonly sinceApprovalSeconds?: number;
  readonly sinceRequestSeconds?: number;
}

/** None while the change has not ended. A clock that was set back in between leaves a duration unknown. */
export function durationsOf({ endedAt, requestedAt, approval }: Change): Durations {
  const until = (from: string | undefined): number | null => {
    const ms = Date.parse(endedAt ?? '') - Date.parse(from ?? '');
    return ms >= 0 ? Math.round(ms / 1000) : null;
  };
  const [work, all] = [until(approval?.approval.at), until(requestedAt)];
  return {
    ...(work === null ? {} : { sinceApprovalSeconds: work }),
    ...(all === null ? {} : { sinceRequestSeconds: all }),
  };
}

function inWords(event: ChangeEvent, took: number | null): string {
  const what = resultOf(event) || event.type.replace('step-', '');
  const parts = [
    'step' in event ? `${event.step}: ${what}` : what,
    after('in ', secondsOf(event, took)),
    after('by ', whoOf(event)),
    after('plan ', shortDigest(planOf(event))),
  ];
  return `${parts.filter((part) => part !== '').join(' ')}${after(': ', saysOf(event))}`;
}

/** Its own seconds are by a steady clock. */
function secondsOf(event: ChangeEvent, took: number | null): string {
  const seconds = 'seconds' in event ? event.seconds : took;
  return seconds === null ? '' : `${seconds} s`;
}

const after = (lead: string, text: string): string => (text === '' ? '' : `${lead}${text}`);

/** Digest of the plan that was shown or approved. */
function planOf(event: ChangeEvent): string {
  if (event.type === 'planned') return event.digest;
  return event.type === 'approved' ? event.signed.approval.digest : '';
}

/** Who caused the event: Slack user ID and name, or all approvers' IDs; empty for the worker. */
export function whoOf(event: ChangeEvent): string {
  if (event.type === 'approved') return event.signed.approval.approvers.join(' ');
  const person = event.type === 'requested' ? event.requester : 'by' in event && event.by;
  if (person === false || person === undefined) return '';
  return person.id === person.name ? person.id : `${person.id} (${person.name})`;
}

/** The result of a step or change; empty for other events. */
export function resultOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'step-done':
      return event.already ? 'already done' : 'done';
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

function approvalInWords({ approval, key }: SignedApproval): string {
  const { requester, notBefore, expires, breakGlass } = approval;
  const glass = breakGlass === undefined ? '' : `BREAK GLASS, by one person alone: “${breakGlass}”, `;
  const from = notBefore === undefined ? '' : `must not start before ${notBefore}, `;
  return `${glass}requested by ${requester}, ${from}must start by ${expires}, signed with ${key}`;
}

/** Details; empty when there are none. */
export function saysOf(event: ChangeEvent): string {
  switch (event.type) {
    case 'requested':
      return `${event.terminal === undefined ? '' : `at the terminal (uid ${event.terminal.uid}): `}${requestInWords(event.intent)}`;
    case 'denied':
      return event.reason ?? '';
    case 'planned':
      return `${event.plan.approved.steps.length} steps, expires ${event.expires}`;
    case 'approved':
      return approvalInWords(event.signed);
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
      return proofInWords(event.proof);
    default:
      return '';
  }
}

function proofInWords({ served, expected, bytes, engines, engineTotal, drilled, deleted }: Proof): string {
  if (deleted !== undefined)
    return `gone: ${count(deleted.archives, 'copied archive')}, ${count(deleted.parts, 'unfinished copy', 'unfinished copies')}`;
  const layers = bytes === undefined ? '' : `, every layer hashed (${bytesInWords(bytes)})`;
  const away =
    drilled === undefined
      ? ''
      : `, the bootstrap’s registry away for ${secondsInWords(drilled.awaySeconds)}, ${drilled.engine} pulled ${drilled.image} through ${firstFew(drilled.through)}`;
  return `served ${served}/${expected} images${layers}, engines ${engines}/${engineTotal}${away}`;
}

const requestInWords = (intent: Intent): string =>
  `${intentInWords(intent)}${intent.reason === undefined ? '' : `, reason: ${intent.reason}`}`;

/** The result of a proof outside of any change, in one line. */
export function proofResultInWords(result: ProofResult): string {
  const { differences, moreDifferences, unread, moreUnread, archives, images, deep, layers, engines } = result;
  const apart = unread.length + moreUnread;
  switch (proofVerdict(result)) {
    case 'proven': {
      const hashed = deep ? `, every layer hashed (${bytesInWords(layers.bytes)})` : '';
      return `Proved: served ${images}/${images} images of ${count(archives, 'archive')}${hashed}, engines ${engines.right}/${engines.all}.`;
    }
    case 'different': {
      const also = apart === 0 ? '' : ` ${count(apart, 'part')} could not be read.`;
      return `Not proved: ${count(differences.length + moreDifferences, 'difference')} found.${also}`;
    }
    case 'unknown':
      return apart === 0 ? 'Nothing is proved.' : `Not proved: ${count(apart, 'part')} could not be read.`;
  }
}

/** The same with what was compared, and every finding. */
export function proofInFull(result: ProofResult): string {
  const { registries, deep, differences, unread, cut } = result;
  const asked = registries.map(({ node }) => node).join(', ') || 'no registry';
  const findings = [...differences, ...unread].map(({ where, says }) => `${where}: ${says}`);
  const parts = [proofResultInWords(result), ...(cut === null ? [] : [cut.says]), ...findings];
  return `${asked}${deep ? ' with every layer' : ''}: ${parts.join(' | ')}`;
}
