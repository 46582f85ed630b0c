import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { unknownChange, whyNotUndone } from '../../domain/verbs/undo/refusals.ts';
import { undoOf } from '../../domain/verbs/undo/undo.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { CARD_POSTING_MS, type RequestPorts, requestChange, whyNotAsked } from './request-change.ts';

/** Somebody wants a change undone: by its button, or typed. */
export interface UndoWish {
  readonly undoes: ChangeId;
  readonly reason?: string;
  readonly by: Person;
  readonly channel: string;
}

/** Its record may be written to meanwhile; this often it is read again. */
const TRIES = 5;

/**
 * Asks for the undo of a change: a change of its own, with its own card and plan, to be approved by somebody. Nothing is done on the
 * cluster. The undone change's record takes one wish at a time, so that two clicks make one undo.
 */
export async function requestUndo(
  wish: UndoWish,
  post: (change: Change) => Promise<MessageRef>,
  ports: RequestPorts,
): Promise<Change | Refusal> {
  const { undoes, by, reason } = wish;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const stored = await ports.changes.get(undoes);
    if (stored === null) return unknownChange(undoes);
    if (stored.doubt !== undefined) return recordRefusal(undoes, stored.doubt, 'bot');
    const { change, version } = stored;
    const intent = undoOf(change, reason);
    const refusal =
      (await whyNotAsked(intent, by, wish.channel, ports)) ??
      whyNotUndone(change) ??
      (await askedAlready(change, ports));
    if (refusal !== null) return refusal;
    const id = ports.ids.change(intent.cluster);
    const asked = { type: 'undo-asked', at: ports.clock.now().toISOString(), by, change: id } as const;
    if (!(await ports.changes.append(undoes, version, asked))) continue;
    return await requestChange(intent, by, wish.channel, post, { ...ports, ids: { ...ports.ids, change: () => id } });
  }
  return refuse('undo-asked', `The record of ${undoes} is being written all the time.`, 'Try again in a moment.');
}

/** An undo that is open, or done, is enough; one that came to nothing may be asked for again. */
async function askedAlready({ id, undoAsked, endedAt }: Change, ports: RequestPorts): Promise<Refusal | null> {
  if (undoAsked === undefined) return null;
  const undo = (await ports.changes.get(undoAsked.change))?.change;
  const asked = `${undoAsked.by.name} has asked for the undo of ${id} already: ${undoAsked.change}.`;
  if (undo === undefined) {
    const age = ports.clock.now().getTime() - Date.parse(undoAsked.at);
    return age > CARD_POSTING_MS ? null : refuse('undo-asked', asked, 'Its card is about to come.');
  }
  switch (undo.state) {
    case 'requested':
    case 'planned':
    case 'approved':
    case 'applying':
      return refuse('undo-asked', asked, 'Its card shows where it stands.');
    case 'done':
      // Approved once more and failed again since then, it has something to undo again.
      return (endedAt ?? '') > (undo.endedAt ?? '')
        ? null
        : refuse('nothing-to-undo', `${id} has been undone by ${undo.id} already.`, 'Its card has the proof.');
    default:
      return null;
  }
}
