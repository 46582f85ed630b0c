import type { Change } from '../change/change.ts';
import { whyRevoked } from './decide.ts';
import { type PolicyContext, standing } from './people.ts';
import { decidersOf, type People, type Policy } from './policy.ts';

/** The people whose standing decides whether an approval still counts. */
export function approversOf(policy: Policy, { intent, approval }: Change): People {
  return decidersOf(policy.verbs[intent.verb], approval?.approval.breakGlass === undefined ? 'approve' : 'break-glass');
}

/** For what an approved change waits although nobody has lost a permission: a user group that cannot be read. Null if it waits for none. */
export function heldBack(policy: Policy, change: Change, now: PolicyContext): string | null {
  if (change.state !== 'approved' || whyRevoked(policy, change, now) !== 'unclear') return null;
  const unclear = change.approvers
    .map(({ id }) => standing(approversOf(policy, change), id, now.groups))
    .find(({ is }) => is === 'unclear');
  if (unclear?.is !== 'unclear') return null;
  return `It waits until the bot can read the user group ${unclear.group} (${unclear.why}), because the approval depends on it. If the approval expires before, it is revoked.`;
}
