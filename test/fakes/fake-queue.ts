import type { ChangeId } from '../../src/domain/change/change.ts';
import type { ChangeQueue } from '../../src/ports/queue.ts';

/** An added job. */
export interface FakeJob {
  readonly kind: 'plan' | 'apply';
  readonly id: ChangeId;
  readonly attempt: number;
}

/** A queue in memory: apply before plan, first come first served. */
export class FakeQueue implements ChangeQueue {
  readonly #added = new Set<string>();
  readonly #waiting: FakeJob[] = [];
  #active: FakeJob | null = null;

  async add(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void> {
    const name = `${kind}-${id}-${attempt}`;
    if (this.#added.has(name)) return;
    this.#added.add(name);
    this.#waiting.push({ kind, id, attempt });
  }

  async ensure(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void> {
    const is = (job: FakeJob | null) => job?.kind === kind && job.id === id && job.attempt === attempt;
    if (is(this.#active) || this.#waiting.some(is)) return;
    this.#added.delete(`${kind}-${id}-${attempt}`);
    await this.add(kind, id, attempt);
  }

  async withdraw(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void> {
    const at = this.#waiting.findIndex((job) => job.kind === kind && job.id === id && job.attempt === attempt);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#added.delete(`${kind}-${id}-${attempt}`);
  }

  async ahead(id: ChangeId): Promise<readonly ChangeId[]> {
    const order = [...(this.#active === null ? [] : [this.#active]), ...this.#inOrder()].map((job) => job.id);
    const mine = order.indexOf(id);
    return mine < 0 ? [] : [...new Set(order.slice(0, mine))];
  }

  /** Waiting jobs in processing order. */
  waiting(): readonly FakeJob[] {
    return this.#inOrder();
  }

  /** Runs the jobs in sequence until none waits. */
  async drain(work: (job: FakeJob) => Promise<void>): Promise<void> {
    for (;;) {
      const [next] = this.#inOrder();
      if (next === undefined) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#active = next;
      try {
        await work(next);
      } finally {
        this.#active = null;
      }
    }
  }

  #inOrder(): readonly FakeJob[] {
    const of = (kind: FakeJob['kind']) => this.#waiting.filter((job) => job.kind === kind);
    return [...of('apply'), ...of('plan')];
  }
}
