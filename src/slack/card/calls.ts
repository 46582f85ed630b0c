import type { Calls } from '../../app/policy/calls.ts';
import type { Change } from '../../domain/change/change.ts';
import type { Call } from '../../domain/policy/call.ts';
import { listed } from '../../domain/text/format.ts';
import type { CardView } from '../parts/card-view.ts';
import { restartsOf } from '../plan/side-effects.ts';
import { decidersWanted } from '../text/approvals-line.ts';
import { escaped } from '../text/foreign-text.ts';
import { mentions } from '../text/mentions.ts';
import { moment } from '../text/names.ts';
import type { Reply } from './reply.ts';
import { aim, isTooLate } from './status.ts';

/** Messages that call people, apart from the end of a change: an edit of the card notifies nobody. */
export function callReplies(view: CardView, calls: Calls, silentSince: string | null): readonly Reply[] {
  const { change, worker, now } = view;
  if (change.state === 'planned')
    return isTooLate(change, now) ? [] : called('planned', calls.toDecide, wanted(change));
  if (worker?.is === 'silent' && worker.isLong === true) {
    const says = `${of(change)} is interrupted: the worker has sent no heartbeat since ${moment(worker.since ?? '')}. The card says what to do.`;
    return called(`silent-${worker.since}`, calls.toKnow, says);
  }
  if (silentSince === null || worker?.is !== 'there') return [];
  return called(`back-${silentSince}`, calls.toKnow, `${of(change)} resumes: the worker is back.`);
}

/** The reminder shortly before a plan expires. */
export const reminderReplies = (change: Change, call: Call): readonly Reply[] =>
  called('reminder', call, `${of(change)} still waits for a decision. ${decision(change)}`);

/** One message in the thread, or one for each person. User groups have no direct messages, so the thread calls them. */
export function called(name: string, call: Call, says: string): readonly Reply[] {
  const thread = (whom: Pick<Call, 'users' | 'groups'>) => {
    const names = mentions(whom);
    return names === '' ? [] : [{ name, text: `${names}: ${says}`, broadcast: false }];
  };
  switch (call.by) {
    case 'thread':
      return thread(call);
    case 'direct':
      return [
        ...call.users.map((to) => ({ name: `${name} to ${to}`, text: says, broadcast: false, to })),
        ...thread({ users: [], groups: call.groups }),
      ];
    case 'none':
      return [];
  }
}

const of = (change: Change): string => `${escaped(aim(change))} (${escaped(change.id)})`;

const wanted = (change: Change): string => `${of(change)} waits for a decision. ${decision(change)}`;

/** Who must do what until when, and what approving does to the cluster at once. */
function decision(change: Change): string {
  const until = change.planExpires === undefined ? '' : ` before ${moment(change.planExpires)}`;
  const pinned = change.plan?.seen.newHostKeys ?? [];
  const pins = pinned.length === 0 ? '' : ` Approving pins a new SSH host key of ${escaped(listed(pinned))}.`;
  return `${decidersWanted(change)}${until}.${restartsOf(change)}${pins}`;
}
