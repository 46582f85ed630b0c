import { readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventLine, type JournalLine, lineFrom } from '../../../src/adapters/journal/file/line.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';

/** Short, because a strike after a line must come before the worker's next act, a write to Redis. */
const POLL_MS = 3;

/** Limits of a wait for the journal. */
export interface LineWait {
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/** The worker's journal, read while it grows. */
export class JournalTail {
  readonly path: string;
  #size = 0;
  #lines: readonly JournalLine[] = [];

  constructor(path: string) {
    this.path = path;
  }

  /** Every complete line so far. */
  lines(): readonly JournalLine[] {
    const size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.#size) return this.#lines;
    this.#size = size;
    const whole = readFileSync(this.path, 'utf8').split('\n').slice(0, -1);
    const fresh = whole.slice(this.#lines.length).map(lineFrom);
    this.#lines = [
      ...this.#lines,
      ...fresh.flatMap((line) => (typeof line === 'string' || 'newer' in line ? [] : [line])),
    ];
    return this.#lines;
  }

  /** Every line so far that records an event of a change. */
  changeLines(): readonly EventLine[] {
    return this.lines().flatMap((line) => ('event' in line ? [line] : []));
  }

  events(): readonly ChangeEvent[] {
    return this.changeLines().map(({ event }) => event);
  }

  /** Resolves to true as soon as the condition is true, to false at the limit. */
  async until(isSo: (events: readonly ChangeEvent[]) => boolean, { limitMs, signal }: LineWait): Promise<boolean> {
    const end = performance.now() + limitMs;
    while (!isSo(this.events())) {
      if (performance.now() >= end) return false;
      await pause(POLL_MS, undefined, { signal });
    }
    return true;
  }
}
