import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import type { Intent } from '../plan/intent.ts';
import { utc } from '../text/format.ts';
import { holdInWords, holdOn } from './hold.ts';
import { either, notAllowed, type PolicyContext, wrongChannel } from './people.ts';
import type { Policy, Rules } from './policy.ts';
import { freezeAt, freezeInWords, isOpen, nextOpening, windowInWords } from './time.ts';

/** May this person ask for this, here and now? Who may approve may ask, too. */
export function mayRequest(
  policy: Policy,
  { verb, cluster, nodes }: Intent,
  by: Person,
  channel: string,
  now: PolicyContext,
): Refusal | null {
  const rules = policy.verbs[verb];
  const people = either(rules.requesters, rules.approvers);
  return (
    wrongChannel(rules.channels, channel) ??
    notAllowed(people, by, now.groups, 'ask for changes of this cluster', 'requesters') ??
    stopped(policy, cluster, nodes, now) ??
    closedFor(rules, cluster, now.at, rules.planLivesMs)
  );
}

/** Null unless somebody has frozen or locked what would be touched, or the policy file has. */
export function stopped(
  { freezes }: Policy,
  cluster: string,
  nodes: readonly string[],
  { holds, at }: PolicyContext,
): Refusal | null {
  const hold = holdOn(nodes, holds);
  if (hold !== null) {
    const also = hold.node === null ? '' : ', and a restart of its container engine does';
    const says = `${holdInWords(hold, cluster)} Nothing that touches it may start${also}.`;
    const lift = hold.verb === 'freeze' ? 'unfreeze' : `unlock ${hold.node ?? 'cluster'}`;
    return refuse(
      hold.verb === 'freeze' ? 'frozen' : 'locked',
      says,
      `${hold.by.name} or an approver can lift it: /registry-ha ${lift}`,
    );
  }
  const planned = freezeAt(freezes, at);
  if (planned === null) return null;
  return refuse(
    'frozen',
    `The cluster ${cluster} is ${freezeInWords(planned)}.`,
    'The policy file says so: it ends by itself, or by editing the file and starting the bot again.',
  );
}

/** Null when a maintenance window is open, or opens within the time given: a plan may be made ready for it. */
export function closedFor(
  { windows }: Pick<Rules, 'windows'>,
  cluster: string,
  at: Date,
  withinMs = 0,
): Refusal | null {
  if (isOpen(windows, at) || (withinMs > 0 && nextOpening(windows, at, withinMs) !== null)) return null;
  const next = nextOpening(windows, at);
  return refuse(
    'outside-window',
    `Changes of ${cluster} start only in its maintenance windows: ${windows.map(windowInWords).join('; ')}.`,
    next === null ? 'The policy file names the windows.' : `The next one opens at ${utc(next.toISOString())}.`,
  );
}
