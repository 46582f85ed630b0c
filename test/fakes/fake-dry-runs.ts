import type { Intent } from '../../src/domain/plan/intent.ts';
import type { DryRun, SeenDryRun } from '../../src/domain/questions/plan/dry-run.ts';
import type { DryRunRequest, DryRuns } from '../../src/ports/dry-runs.ts';

/** Requests for dry runs and their answers, in memory. */
export class FakeDryRuns implements DryRuns {
  /** Requests that wait, oldest first. */
  readonly waiting: DryRunRequest[] = [];
  readonly #answers = new Map<string, SeenDryRun>();
  #last = 0;

  async ask(intent: Intent): Promise<string | null> {
    if (this.waiting.length >= 10) return null;
    const request = `request-${++this.#last}`;
    this.waiting.push({ request, intent });
    return request;
  }

  async next(): Promise<DryRunRequest | null> {
    return this.waiting[0] ?? null;
  }

  async put({ request }: DryRunRequest, dryRun: DryRun): Promise<void> {
    this.show(request, { is: 'seen', dryRun });
    this.waiting.splice(0, this.waiting.length, ...this.waiting.filter((one) => one.request !== request));
  }

  async seen(request: string): Promise<SeenDryRun> {
    return this.#answers.get(request) ?? { is: 'none' };
  }

  /** What readers see from now on. */
  show(request: string, seen: SeenDryRun): void {
    this.#answers.set(request, seen);
  }
}
