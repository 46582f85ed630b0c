import { isOfTheCluster } from '../../domain/answers/failure.ts';
import type { FailureReport } from '../../domain/answers/failure-report.ts';
import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { DryRun } from '../../domain/questions/plan/dry-run.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DryRunRequest, DryRuns } from '../../ports/dry-runs.ts';
import { inspectionFailed } from '../plan/plan-for.ts';

/** The ports of `DryRunWatch`. */
export interface DryRunWatchPorts {
  readonly desk: Pick<DryRuns, 'next' | 'put'>;
  readonly clock: Clock;
  /** Inspects the cluster and plans; changes nothing. */
  readonly plan: (intent: Intent, signal: AbortSignal) => Promise<Plan | Refusal>;
  /** The change that runs now. */
  readonly running: () => ChangeId | null;
  /** Called when Redis could not be asked for a request, or did not take an answer. */
  readonly onError: (error: unknown) => void;
  /** Called for an error that is no failure of the cluster. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Shorter than an asker waits. */
const LIMIT_MS = 4 * 60_000;
const LOOK_EVERY_MS = 2_000;
/** Between two dry runs: a request is not signed, and each one reads the whole cluster. */
const PAUSE_MS = 1_000;

/** Plans for people who only ask: outside of the queue, one plan at a time, the oldest request first. */
export class DryRunWatch {
  readonly #ports: DryRunWatchPorts;

  constructor(ports: DryRunWatchPorts) {
    this.#ports = ports;
  }

  /** Answers one request after another until the signal aborts. A request that a stop cuts short waits for the next worker. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { desk, clock, onError } = this.#ports;
    while (!signal.aborted) {
      let isAnswered = false;
      try {
        const asked = await desk.next();
        isAnswered = asked !== null && (await this.#answer(asked, signal));
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await clock.sleep(isAnswered ? PAUSE_MS : LOOK_EVERY_MS, signal).catch(() => undefined);
    }
  };

  async #answer(asked: DryRunRequest, ending: AbortSignal): Promise<boolean> {
    const { desk, running } = this.#ports;
    const before = running();
    const found = await this.#found(asked.intent, ending);
    if (ending.aborted) return false;
    await desk.put(asked, { intent: asked.intent, during: before ?? running(), found });
    return true;
  }

  async #found(intent: Intent, ending: AbortSignal): Promise<DryRun['found']> {
    const { clock, plan, onUnexpected } = this.#ports;
    const [late, done] = [new AbortController(), new AbortController()];
    const limit = clock.sleep(LIMIT_MS, AbortSignal.any([ending, done.signal])).then(
      () => late.abort(),
      () => undefined,
    );
    try {
      const made = await plan(intent, AbortSignal.any([ending, late.signal]));
      return isRefusal(made) ? { is: 'refused', refusal: made } : { is: 'planned', plan: made };
    } catch (error) {
      if (late.signal.aborted) return { is: 'failed', failure: LATE };
      if (isOfTheCluster(error)) return { is: 'failed', failure: inspectionFailed(error.report()) };
      if (!ending.aborted) onUnexpected(error);
      return { is: 'failed', failure: UNFORESEEN };
    } finally {
      done.abort();
      await limit;
    }
  }
}

const LATE: FailureReport = {
  kind: 'late',
  where: 'the cluster',
  what: 'The inspection took longer than four minutes.',
  next: 'Run the command again: what was hashed until then is not read again.',
};

const UNFORESEEN: FailureReport = {
  kind: 'unforeseen',
  where: 'the worker',
  what: 'The worker had an unexpected error.',
  next: 'Read the worker’s log: journalctl -u registry-ha-worker',
};
