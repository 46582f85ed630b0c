import { isOfTheRecord } from '../../domain/answers/failure.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change } from '../../domain/change/change.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ChangeRecord } from '../record/change-record.ts';

/** A copy or a wait stops at most this long after a click on Cancel. */
const CHECK_EVERY_MS = 1_000;

/** A person cancelled the change; thrown at the next safe point. */
export class CancelAsked extends Error {
  override readonly name = 'CancelAsked';
  readonly by: Person;

  constructor(by: Person) {
    super('A person requested to cancel.');
    this.by = by;
  }
}

/** Whether a person has clicked Cancel. */
export interface CancelWatch {
  /** Aborts with CancelAsked; for work that can stop anywhere, such as a copy or a wait. */
  readonly signal: AbortSignal;
  /** Throws CancelAsked if a cancel was requested. */
  throwIfAsked(): void;
  /** Who requested it, or null. */
  askedBy(): Person | null;
  stop(): void;
}

/** For work that must not be interrupted. */
export const NEVER_CANCELLED: CancelWatch = {
  signal: new AbortController().signal,
  throwIfAsked: () => undefined,
  askedBy: () => null,
  stop: () => undefined,
};

/** The result of the work. Throws CancelAsked if a cancel was requested meanwhile, even if the work succeeded or failed. */
export async function unlessCancelled<T>(cancel: CancelWatch, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    cancel.throwIfAsked();
  }
}

/** Watches the record for a cancel until it is stopped. */
export function watchForCancel(record: ChangeRecord, clock: Clock): CancelWatch {
  const asked = new AbortController();
  const end = new AbortController();
  const watching = pollRecord(record, clock, asked, end.signal);
  // Any failure other than of Redis is a defect. It ends the change by the same signal.
  watching.catch((error: unknown) => asked.abort(error));
  return {
    signal: asked.signal,
    throwIfAsked() {
      // The worker's own entries follow the cancel in the record, so it often knows of it before the next look.
      const by = askerIn(record.latest());
      if (by !== undefined && !asked.signal.aborted) asked.abort(new CancelAsked(by));
      asked.signal.throwIfAborted();
    },
    askedBy: () => (asked.signal.reason instanceof CancelAsked ? asked.signal.reason.by : null),
    stop: () => end.abort(),
  };
}

async function pollRecord(record: ChangeRecord, clock: Clock, asked: AbortController, end: AbortSignal): Promise<void> {
  while (!end.aborted) {
    const by = await askedBy(record);
    if (by !== undefined) return asked.abort(new CancelAsked(by));
    await clock.sleep(CHECK_EVERY_MS, end).catch(() => undefined);
  }
}

const askerIn = (change: Change | null): Person | undefined => change?.cancelAskedBy ?? change?.cancelledBy;

/** While Redis is unreachable, nobody can cancel. */
async function askedBy(record: ChangeRecord): Promise<Person | undefined> {
  try {
    return askerIn((await record.read())?.change ?? null);
  } catch (error) {
    if (isOfTheRecord(error)) return undefined;
    throw error;
  }
}
