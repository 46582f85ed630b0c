import type { Change } from '../../domain/change/change.ts';
import type { Call } from '../../domain/policy/call.ts';
import { reminderReplies } from '../card/calls.ts';
import { postReplies, type ReplyPorts } from './thread-replies.ts';

/** Reminds people once that a plan expires soon. A card without a place is posted first, and reminded of later. */
export async function remind(change: Change, call: Call, ports: ReplyPorts): Promise<void> {
  const place = await ports.cards.known(change.id);
  if (place !== null) await postReplies(place, change.id, reminderReplies(change, call), new Set(), ports);
}
