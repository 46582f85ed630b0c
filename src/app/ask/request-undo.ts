import { isRefusal, type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { unknownChange } from '../../domain/verbs/undo/refusals.ts';
import { undoOf } from '../../domain/verbs/undo/undo.ts';
import { whyNotUndone } from '../../domain/verbs/undoing.ts';
import type { Changes, StoredChange } from '../../ports/record.ts';
import { recordRefusal } from '../record/record-refusal.ts';
import { CARD_POSTING_MS, type RequestPorts, requestChange, whyNotAsked } from './request-change.ts';

/** A request to undo a change, by button or command. */
export interface UndoWish {
  readonly undoes: ChangeId;
  readonly reason?: string;
  readonly by: Person;
  readonly channel: string;
}

/** Attempts if others append to the record at the same time. */
const TRIES = 5;

/** Requests the undo of a change, as a new change. The undone change’s record accepts one request at a time, so two clicks make one undo. */
export async function requestUndo(
  wish: UndoWish,
  post: (change: Change) => Promise<MessageRef>,
  ports: RequestPorts,
): Promise<Change | Refusal> {
  const { undoes, by } = wish;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const undo = await undoIntent(wish, ports.changes);
    if (isRefusal(undo)) return undo;
    const { intent, change, version } = undo;
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
  return refuse('undo-asked', `The record of ${undoes} keeps changing.`, 'Try again in a moment.');
}

/** The undo of a recorded change, as an intent. */
export async function undoIntent(
  { undoes, reason }: Pick<UndoWish, 'undoes' | 'reason'>,
  changes: Pick<Changes, 'get'>,
): Promise<UndoOfRecord | Refusal> {
  const stored = await changes.get(undoes);
  if (stored === null) return unknownChange(undoes);
  if (stored.doubt !== undefined) return recordRefusal(undoes, stored.doubt, 'bot');
  return { intent: undoOf(stored.change, reason), change: stored.change, version: stored.version };
}

interface UndoOfRecord extends Pick<StoredChange, 'change' | 'version'> {
  readonly intent: Intent;
}

/** Refuses a second undo while the first is open or done. After an undo that changed nothing, it may be requested again. */
export async function askedAlready(
  { id, undoAsked, endedAt }: Change,
  ports: Pick<RequestPorts, 'changes' | 'clock'>,
): Promise<Refusal | null> {
  if (undoAsked === undefined) return null;
  const undo = (await ports.changes.get(undoAsked.change))?.change;
  const asked = `${undoAsked.by.name} already requested the undo of ${id}: ${undoAsked.change}.`;
  if (undo === undefined) {
    const age = ports.clock.now().getTime() - Date.parse(undoAsked.at);
    return age > CARD_POSTING_MS ? null : refuse('undo-asked', asked, 'Its card appears within a minute.');
  }
  switch (undo.state) {
    case 'requested':
    case 'planned':
    case 'approved':
    case 'applying':
      return refuse('undo-asked', asked, 'Its card shows its state.');
    case 'done':
      // A retry after that undo may have left something to undo.
      return (endedAt ?? '') > (undo.endedAt ?? '')
        ? null
        : refuse('nothing-to-undo', `${id} was already undone by ${undo.id}.`, 'Its card has the proof.');
    default:
      return null;
  }
}
