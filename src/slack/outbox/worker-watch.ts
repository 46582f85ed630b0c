import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import { wordFor } from '../card/worker-outage.ts';

/** Remembers the state of each cluster's worker. The first check counts as a change. */
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

  /** Makes the next check count as a change. */
  forget(cluster: string): void {
    this.#known.delete(cluster);
  }
}
