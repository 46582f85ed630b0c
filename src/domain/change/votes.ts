import { type Approval, type Person, personOf } from './approval.ts';
import type { Change, ChangeEvent } from './change.ts';

/** Adds one approval, and drops approvals that no longer count. */
export function afterVote(
  change: Change,
  { by, counts, needed }: Extract<ChangeEvent, { readonly type: 'voted' }>,
): Change {
  const votes = [...change.votes.filter(({ id }) => id !== by.id), by].filter(({ id }) => counts.includes(id));
  return { ...change, votes, votesNeeded: needed };
}

/** The approvers of a signed approval, with the names from their clicks. */
export function namedApprovers(approval: Approval, known: readonly Person[]): readonly Person[] {
  return approval.approvers.map((id) => known.find((person) => person.id === id) ?? personOf(id));
}

/** The number of required approvals according to the record. */
export const approvalsNeeded = ({ votesNeeded, terms }: Change): number => votesNeeded ?? terms?.approvals ?? 1;
