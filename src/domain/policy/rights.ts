import type { Person } from '../change/approval.ts';
import { VERB_NAMES, type Verb } from '../plan/intent.ts';
import { isHere, isMember, type PolicyContext } from './people.ts';
import { HOLD_VERBS, type HoldRules, type HoldVerb, type Policy } from './policy.ts';

/** A person's permissions for a cluster in a channel. */
export interface RightsInCluster {
  readonly mayAsk: readonly Verb[];
  readonly mayApprove: readonly Verb[];
  readonly mayHold: readonly HoldVerb[];
  /** User groups that could not be read. Permissions from them are missing here. */
  readonly unread: readonly { readonly group: string; readonly why: string }[];
}

/** Freezes and windows do not change these permissions; `activeHoldLines` reports them. */
export function rightsIn(
  policy: Policy,
  by: Person,
  channel: string | null,
  { groups }: PolicyContext,
): RightsInCluster {
  const here = ({ channels }: HoldRules) => isHere(channels, channel);
  const mayAsk = ({ requesters, approvers }: HoldRules) =>
    isMember(requesters, by, groups) || isMember(approvers, by, groups);
  const asks = VERB_NAMES.filter((verb) => {
    const rules = policy.verbs[verb];
    return here(rules) && mayAsk(rules);
  });
  const approves = VERB_NAMES.filter((verb) => {
    const rules = policy.verbs[verb];
    return here(rules) && isMember(rules.approvers, by, groups);
  });
  const holds = HOLD_VERBS.filter((verb) => {
    const rules = policy.holds[verb];
    return here(rules) && mayAsk(rules);
  });
  const unread = [...groups].flatMap(([group, members]) =>
    members.are === 'unknown' ? [{ group, why: members.why }] : [],
  );
  return { mayAsk: asks, mayApprove: approves, mayHold: holds, unread };
}
