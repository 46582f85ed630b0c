import type { Inspection } from '../../domain/questions/status/inspection.ts';
import { judge } from '../../domain/questions/status/judge.ts';
import type { Clock } from '../../ports/clock.ts';
import type { InspectionRequest, StatusBoard } from '../../ports/status.ts';

/** The ports of `ClusterWatch`. */
export interface ClusterWatchPorts {
  readonly board: Pick<StatusBoard, 'put'>;
  readonly clock: Clock;
  /** Inspects the cluster until the signal aborts, and keeps what it has. */
  readonly inspect: (signal: AbortSignal) => Promise<Inspection>;
  readonly everyMs: number;
  /** Called when a status could not be made or stored; the last one then grows old. */
  readonly onError: (error: unknown) => void;
}

/** Limit of one inspection. */
const LIMIT_MS = 60_000;
/** The shortest time between two inspections, however many people ask. */
const PAUSE_MS = 3_000;
/** After a status that Redis did not take. */
const RETRY_MS = 30_000;

/** Inspects the cluster outside of the queue: at the start, every `everyMs`, and when woken. Never two at once. */
export class ClusterWatch {
  readonly #ports: ClusterWatchPorts;
  #wake = Promise.withResolvers<void>();
  #asked: InspectionRequest = 0;
  #answered: InspectionRequest = 0;

  constructor(ports: ClusterWatchPorts) {
    this.#ports = ports;
  }

  /** Inspects soon, as something may have changed. */
  wake(): void {
    this.#wake.resolve();
  }

  /** The last request that a bot has stored; a new one wakes. */
  asked(request: InspectionRequest): void {
    this.#asked = Math.max(this.#asked, request);
    if (this.#asked > this.#answered) this.wake();
  }

  /** Inspects again and again until the signal aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock, everyMs, onError } = this.#ports;
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
        clock.sleep(isStored ? everyMs : RETRY_MS, either).catch(() => undefined),
      ]);
      pause.abort();
    }
  };

  async #look(signal: AbortSignal): Promise<void> {
    const { board, clock, inspect } = this.#ports;
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
      await board.put(judge(found), answers);
      this.#answered = Math.max(this.#answered, answers);
    } finally {
      done.abort();
      await limit;
    }
  }
}
