import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { wordFor } from '../card/worker-outage.ts';

/** Remembers how each cluster's worker was, so that its cards are looked at when that changes, and once at the start. */
export class WorkerWatch {
  readonly #useCases: Pick<UseCases, 'workerOf'>;
  readonly #known = new Map<string, string>();

  constructor(useCases: Pick<UseCases, 'workerOf'>) {
    this.#useCases = useCases;
  }

  async hasChanged(cluster: string): Promise<boolean> {
    const now = wordFor(await this.#useCases.workerOf(cluster));
    const before = this.#known.get(cluster);
    this.#known.set(cluster, now);
    return now !== before;
  }

  /** What came of the last change is not known; the next look counts as one. */
  forget(cluster: string): void {
    this.#known.delete(cluster);
  }
}
