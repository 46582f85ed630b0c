import type { ClusterStatus } from '../../domain/questions/status/cluster-status.ts';
import type { Inspection } from '../../domain/questions/status/inspection.ts';
import { judge } from '../../domain/questions/status/judge.ts';
import { hasNewTrouble, withSince } from '../../domain/questions/status/troubles.ts';
import type { Clock } from '../../ports/clock.ts';
import type { InspectionRequest, StatusBoard } from '../../ports/status.ts';

/** The ports of `ClusterWatch`. */
export interface ClusterWatchPorts {
  readonly board: Pick<StatusBoard, 'put' | 'seen'>;
  readonly clock: Clock;
  /** Inspects the cluster until the signal aborts, and keeps what it has. */
  readonly inspect: (signal: AbortSignal) => Promise<Inspection>;
  readonly everyMs: number;
  /** Called with each status, also with one that Redis then does not take. */
  readonly onStatus: (status: ClusterStatus) => void;
  /** Called when a status could not be made or stored; the last one then grows old. */
  readonly onError: (error: unknown) => void;
}

/** Limit of one inspection. */
const LIMIT_MS = 60_000;
/** The shortest time between two inspections, however many people ask. */
const PAUSE_MS = 3_000;
/** After a status that Redis did not take. */
const RETRY_MS = 30_000;

/** Until a new trouble is inspected again. */
const CONFIRM_MS = 60_000;

/** What the worker before this one has found. */
async function lastOf(board: Pick<StatusBoard, 'seen'>): Promise<ClusterStatus | null> {
  const seen = await board.seen();
  return seen.is === 'seen' ? seen.status : null;
}

/** Inspects the cluster outside of the queue: at the start, every `everyMs`, and when woken. Never two at once. */
export class ClusterWatch {
  readonly #ports: ClusterWatchPorts;
  #wake = Promise.withResolvers<void>();
  #asked: InspectionRequest = 0;
  #answered: InspectionRequest = 0;
  #last: ClusterStatus | null = null;

  constructor(ports: ClusterWatchPorts) {
    this.#ports = ports;
  }

  /** Inspects soon, as something may have changed. */
  wake(): void {
    this.#wake.resolve();
  }

  /** The last request that a bot has stored; a new one wakes. */
  readonly asked = (request: InspectionRequest): void => {
    this.#asked = Math.max(this.#asked, request);
    if (this.#asked > this.#answered) this.wake();
  };

  /** Inspects again and again until the signal aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock, onError } = this.#ports;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers();
      const isStored = await this.#look(signal).then(
        () => true,
        (error: unknown) => {
          if (!signal.aborted) onError(error);
          return false;
        },
      );
      const pause = new AbortController();
      const either = AbortSignal.any([signal, pause.signal]);
      await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
      await Promise.race([
        this.#wake.promise,
        clock.sleep(isStored ? this.#pauseMs() : RETRY_MS, either).catch(() => undefined),
      ]);
      pause.abort();
    }
  };

  /** A trouble that is new is looked at again soon: it may be a restart. */
  #pauseMs(): number {
    const { everyMs } = this.#ports;
    return this.#last !== null && hasNewTrouble(this.#last) ? Math.min(everyMs, CONFIRM_MS) : everyMs;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { board, clock, inspect, onStatus } = this.#ports;
    const answers = this.#asked;
    const late = new AbortController();
    const done = new AbortController();
    const limit = clock.sleep(LIMIT_MS, AbortSignal.any([signal, done.signal])).then(
      () => late.abort(new Error('The inspection took too long.')),
      () => undefined,
    );
    try {
      const found = await inspect(AbortSignal.any([signal, late.signal]));
      signal.throwIfAborted();
      const judged = judge(found);
      onStatus(judged);
      const before = this.#last ?? (await lastOf(board));
      const status = withSince(judged, before);
      await board.put(status, answers);
      this.#last = status;
      this.#answered = Math.max(this.#answered, answers);
    } finally {
      done.abort();
      await limit;
    }
  }
}
