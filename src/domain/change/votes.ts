import type { Approval, Person } from './approval.ts';
import type { Change, ChangeEvent } from './change.ts';

/** The change with one more of the approvals that it needs; those that do not count any more are gone. */
export function afterVote(
  change: Change,
  { by, counts, needed }: Extract<ChangeEvent, { readonly type: 'voted' }>,
): Change {
  const votes = [...change.votes.filter(({ id }) => id !== by.id), by].filter(({ id }) => counts.includes(id));
  return { ...change, votes, votesNeeded: needed };
}

/** The approvers of a signed approval as people, by the names they had when they gave it. */
export function namedApprovers(approval: Approval, known: readonly Person[]): readonly Person[] {
  return approval.approvers.map((id) => known.find((person) => person.id === id) ?? { id, name: id });
}

/** How many approvals are needed, as far as the record knows. */
export const approvalsNeeded = ({ votesNeeded, terms }: Change): number => votesNeeded ?? terms?.approvals ?? 1;
