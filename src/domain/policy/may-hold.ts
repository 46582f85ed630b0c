import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Person } from '../change/approval.ts';
import { type HoldWish, heldThing, holdInWords, holdMeant, isUnread, type KeptHold, refusedBy } from './hold.ts';
import { either, notAllowed, type PolicyContext, wrongChannel } from './people.ts';
import type { Policy } from './policy.ts';

/** Null if this person may freeze, lock or lift. Only the holder and approvers may lift, and only approvers what cannot be read. */
export function mayHold(
  policy: Policy,
  wish: HoldWish,
  by: Person,
  channel: string,
  now: PolicyContext,
): Refusal | null {
  const { channels, requesters, approvers } = policy.holds[wish.verb];
  const elsewhere = wrongChannel(channels, channel);
  if (elsewhere !== null) return elsewhere;
  const there = holdMeant(wish, now.holds);
  if (wish.hold === 'set') {
    const stranger = notAllowed(
      either(requesters, approvers),
      by,
      now.groups,
      `${wish.verb} this cluster`,
      `verbs.${wish.verb}.requesters`,
    );
    return stranger ?? (there === null ? null : heldAlready(there, wish.cluster));
  }
  if (there === null) return notHeld(wish);
  if (!isUnread(there) && there.by.id === by.id) return null;
  const approver = notAllowed(approvers, by, now.groups, `lift this`, `verbs.${wish.verb}.approvers`);
  if (approver?.refused !== 'not-allowed') return approver;
  return refuse(
    'not-allowed',
    `You may not lift this. ${holdInWords(there, wish.cluster)}`,
    isUnread(there) ? 'Ask an approver.' : 'Ask them, or an approver.',
  );
}

function heldAlready(hold: KeptHold, cluster: string): Refusal {
  return refuse(refusedBy(hold), holdInWords(hold, cluster), 'It stays in place.');
}

const notHeld = (wish: HoldWish): Refusal =>
  refuse(
    'bad-command',
    `${heldThing(wish, wish.cluster).replace(' is ', ' is not ')}.`,
    'To see what is frozen or locked: /registry-ha help',
  );
