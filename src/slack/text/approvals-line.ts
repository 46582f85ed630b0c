import type { Change } from '../../domain/change/change.ts';
import { approvalsNeeded } from '../../domain/change/votes.ts';
import { person } from './names.ts';

/** `1 of 2 approvals: @bob.`, while more are needed; empty when none was given. */
export function approvalsSoFar(change: Change): string {
  if (change.votes.length === 0) return '';
  return `${change.votes.length} of ${approvalsNeeded(change)} approvals: ${change.votes.map(person).join(', ')}.`;
}

/** Who has to decide about a plan. */
export function decidersWanted(change: Change): string {
  const needed = approvalsNeeded(change);
  return needed === 1 ? 'Somebody has to approve or deny it' : `${needed} people have to approve it, or one to deny it`;
}

/** Everybody whose approval counted, as mrkdwn shows them. */
export const approversOf = ({ approvers, approver }: Change): string =>
  (approvers.length === 0 && approver !== undefined ? [approver] : approvers).map(person).join(' and ');
