import type { BegunJob, BegunJobs, Job } from '../../src/ports/queue.ts';

/** Begun jobs in memory; with `dies`, no job ever ends, as when its worker is killed. */
export class FakeBegunJobs implements BegunJobs {
  dies = false;
  readonly #jobs = new Map<string, { stepsDone: number; deaths: number }>();

  async begin({ kind, id, stepsDone }: BegunJob): Promise<number> {
    const before = this.#jobs.get(`${kind} ${id}`);
    const deaths = before === undefined ? 0 : before.stepsDone < stepsDone ? 1 : before.deaths + 1;
    this.#jobs.set(`${kind} ${id}`, { stepsDone, deaths });
    return deaths;
  }

  async end({ kind, id }: Job): Promise<void> {
    if (!this.dies) this.#jobs.delete(`${kind} ${id}`);
  }
}
