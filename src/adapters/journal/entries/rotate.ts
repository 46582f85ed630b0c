import { basename } from 'node:path';
import type { ChangeId } from '../../../domain/change/change.ts';
import { changeFrom } from '../../../domain/change/fold.ts';
import { mustBeTold } from '../../../domain/change/lost-record.ts';
import type { JournalEntry, JournalMark } from '../../../domain/change/record-entry.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Retention } from '../file/files.ts';
import { digestOf, lineText } from '../file/line.ts';
import type { JournalIndex, SeenApproval } from './journal-index.ts';

/** Limits of a journal file, and retention of older files. */
export interface Rotation extends Retention {
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Called when a rotation failed; the journal continues in the current file. */
  readonly onFailure: (error: unknown) => void;
}

/** An undecided plan, or a change that may be retried or undone, is kept this long after the plan expires. */
const OPEN_MARGIN_MS = 7 * 24 * 3_600_000;
/** An expired approval is kept this long, because the clocks of bot and worker may differ. */
const NONCE_MARGIN_MS = 24 * 3_600_000;

/** Whether the file is too large or too old. */
export function isDue({ clock, maxBytes, maxAgeMs }: Rotation, bytes: number, since: string | undefined): boolean {
  if (since === undefined) return false;
  return bytes > maxBytes || clock.now().getTime() - Date.parse(since) > maxAgeMs;
}

/** Whether the worker may still need this change. */
function isStillOpen(entries: readonly JournalEntry[], now: Date): boolean {
  const change = changeFrom(entries.map(({ event }) => event));
  if (change !== null && mustBeTold(change, now)) return true;
  const isNear = (at: string) => Date.parse(at) + OPEN_MARGIN_MS > now.getTime();
  switch (change?.state) {
    case 'approved':
    case 'applying':
      return true;
    case 'requested':
    case 'planned':
    case 'failed':
    case 'cancelled':
      return isNear(change.planExpires ?? change.requestedAt);
    case 'refused':
    case 'denied':
    case 'expired':
    case 'done':
    case undefined:
      return false;
  }
}

/** The changes whose lines a new file needs, in the order of the old one. */
export async function changesToKeep(
  index: Pick<JournalIndex, 'changes' | 'startedSince'>,
  entriesOf: Beginning['entriesOf'],
  now: Date,
): Promise<readonly ChangeId[]> {
  const kept = new Set<ChangeId>();
  // One change at a time: all of them together may not fit into the memory.
  for (const change of index.changes()) {
    if (!isStillOpen(await entriesOf(change), now)) continue;
    // Keep changes started after them, too: an undo must see what depends on it.
    for (const one of [change, ...index.startedSince(change)]) kept.add(one);
  }
  return index.changes().filter((change) => kept.has(change));
}

/** The start of a new file. */
export interface Beginning {
  /** The last line of the old file. */
  readonly head: JournalMark;
  /** The old file's new path. */
  readonly older: string;
  readonly at: string;
  /** The changes whose lines are copied. */
  readonly open: readonly ChangeId[];
  readonly entriesOf: (change: ChangeId) => Promise<readonly JournalEntry[]>;
  readonly approvals: ReadonlyMap<string, SeenApproval>;
}

/** The lines of a new file: the link to the old file, approvals that could be replayed, and the lines of open changes. */
export async function* beginningOf({ head, older, at, open, entriesOf, approvals }: Beginning): AsyncGenerator<string> {
  const carried = new Set(open);
  const nonces = [...approvals]
    .filter(([, { change, expires }]) => (change === null || !carried.has(change)) && mayBeReplayed(expires, at))
    .map(([nonce, { expires }]) => ({ nonce, expires }));
  let seq = head.line + 1;
  let line = lineText({ seq, prev: head.hash, opens: { at, after: basename(older), nonces } });
  yield `${line}\n`;
  for (const change of open) {
    for (const { event, mark } of await entriesOf(change)) {
      seq += 1;
      line = lineText({ seq, prev: digestOf(line), change, event, carried: mark });
      yield `${line}\n`;
    }
  }
}

const mayBeReplayed = (expires: string, at: string): boolean =>
  !(Date.parse(expires) + NONCE_MARGIN_MS < Date.parse(at));
