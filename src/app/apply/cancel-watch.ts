import { isOfTheRecord } from '../../domain/answers/failure.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ChangeRecord } from '../record/change-record.ts';

/** A copy stops at most this long after somebody pressed Cancel. */
const LOOK_EVERY_MS = 2_000;

/** Somebody wants the change to stop; thrown at the next safe point. */
export class CancelAsked extends Error {
  override readonly name = 'CancelAsked';
  readonly by: Person;

  constructor(by: Person) {
    super('Somebody asked to cancel.');
    this.by = by;
  }
}

/** Tells whether somebody pressed Cancel. */
export interface CancelWatch {
  /** Ends with CancelAsked; for what may be cut anywhere, such as a copy or a wait. */
  readonly signal: AbortSignal;
  /** Throws CancelAsked when it was asked for. */
  throwIfAsked(): void;
  /** Who asked for it, or null. */
  askedBy(): Person | null;
  stop(): void;
}

/** For what has to come to its end. */
export const NEVER_CANCELLED: CancelWatch = {
  signal: new AbortController().signal,
  throwIfAsked: () => undefined,
  askedBy: () => null,
  stop: () => undefined,
};

/** What the work gives, unless somebody asked to cancel meanwhile: then it is CancelAsked, however the work ended. */
export async function unlessCancelled<T>(cancel: CancelWatch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    cancel.throwIfAsked();
  }
}

/** Watches the record for a wish to cancel, until it is stopped. */
export function watchForCancel(record: ChangeRecord, clock: Clock): CancelWatch {
  const asked = new AbortController();
  const end = new AbortController();
  const watching = look(record, clock, asked, end.signal);
  // A look that fails for another reason than Redis would be a defect: it ends the change by the same signal.
  watching.catch((error: unknown) => asked.abort(error));
  return {
    signal: asked.signal,
    throwIfAsked: () => asked.signal.throwIfAborted(),
    askedBy: () => (asked.signal.reason instanceof CancelAsked ? asked.signal.reason.by : null),
    stop: () => end.abort(),
  };
}

async function look(record: ChangeRecord, clock: Clock, asked: AbortController, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    const by = await askedBy(record);
    if (by !== undefined) return asked.abort(new CancelAsked(by));
    await clock.sleep(LOOK_EVERY_MS, end).catch(() => undefined);
  }
}

/** While Redis is away nobody can have pressed the button. */
async function askedBy(record: ChangeRecord): Promise<Person | undefined> {
  try {
    const change = (await record.look())?.change;
    return change?.cancelAskedBy ?? change?.cancelledBy;
  } catch (error) {
    if (isOfTheRecord(error)) return undefined;
    throw error;
  }
}
