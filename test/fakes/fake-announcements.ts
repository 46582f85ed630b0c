import type { ChangeId } from '../../src/domain/change/change.ts';
import type { Announcements } from '../../src/ports/record.ts';

/** Announcements in memory: kept until a listener's call has resolved, each told to one listener. */
export class FakeAnnouncements implements Announcements {
  readonly #waiting: ChangeId[] = [];
  readonly #wake = new Set<() => void>();

  announce(id: ChangeId): void {
    this.#waiting.push(id);
    for (const wake of this.#wake) wake();
  }

  async listen(onChanged: (id: ChangeId) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const id = this.#waiting.shift();
      if (id === undefined) await this.#more(signal);
      else await this.#tell(id, onChanged);
    }
  }

  async #tell(id: ChangeId, onChanged: (id: ChangeId) => Promise<void>): Promise<void> {
    try {
      await onChanged(id);
    } catch {
      // At least once: what a listener could not take is told again, after everything else has had its turn.
      await new Promise((resolve) => setImmediate(resolve));
      this.#waiting.push(id);
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#wake.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake.add(done);
      signal.addEventListener('abort', done);
    });
  }
}
