import type { Change } from '../../domain/change/change.ts';
import { approvalsNeeded } from '../../domain/change/votes.ts';
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

/** Everyone whose approval counted, in mrkdwn. */
export const approversOf = ({ approvers, approver }: Change, named = person): string =>
  (approvers.length === 0 && approver !== undefined ? [approver] : approvers).map(named).join(' and ');
