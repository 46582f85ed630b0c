import type { SeenWorker } from '../../src/domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../src/ports/cards.ts';

/** A worker's heartbeat in memory, always recent. */
export class FakeWorkerLife implements Heartbeat {
  #seen: SeenWorker | null = { heardAt: '2026-11-22T10:00:00.000Z', silentMs: 0, trouble: null };

  async beat(trouble: string | null): Promise<void> {
    this.#seen = { heardAt: '2026-11-22T10:00:00.000Z', silentMs: 0, trouble };
  }

  async seen(): Promise<SeenWorker | null> {
    return this.#seen;
  }
}
