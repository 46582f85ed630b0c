import type { Change } from '../../domain/change/change.ts';
import { approvalsNeeded } from '../../domain/change/votes.ts';
import { escaped } from './foreign-text.ts';
import { person } from './names.ts';

/** `1 of 2 approvals: @bob.`; empty without an approval. */
export function approvalsSoFar(change: Change, named = person): string {
  if (change.votes.length === 0) return '';
  return `${change.votes.length} of ${approvalsNeeded(change)} approvals: ${change.votes.map(named).join(', ')}.`;
}

/** The start of a sentence about who must decide. */
export function decidersWanted(change: Change): string {
  const needed = approvalsNeeded(change);
  return needed === 1
    ? 'An approver must approve or deny it'
    : `${needed} approvers must approve it, or one must deny it`;
}

/** That one person alone started it, at the terminal, and why; null for any other change. */
export const brokenGlassText = ({ breakGlass, approver }: Change): string | null =>
  breakGlass === undefined || approver === undefined
    ? null
    : `*Break glass:* ${person(approver)} started it alone, at the terminal of the bootstrap node, without an approval: “${escaped(breakGlass)}”`;

/** Everyone whose approval counted, in mrkdwn. */
export const approversOf = ({ approvers, approver }: Change, named = person): string =>
  (approvers.length === 0 && approver !== undefined ? [approver] : approvers).map(named).join(' and ');
