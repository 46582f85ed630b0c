import { once } from 'node:events';
import type { ChangeId } from '../../src/domain/change/change.ts';
import type { AnnouncementListener, Announcements } from '../../src/ports/record.ts';

/** Announcements in memory, for current listeners only. */
export class FakeAnnouncements implements Announcements {
  readonly #listeners = new Set<AnnouncementListener>();

  #isCut = false;

  announce(id: ChangeId): void {
    if (this.#isCut) return;
    for (const listener of this.#listeners) listener.changed(id);
  }

  /** Simulates a lost connection of every listener. */
  cut(): void {
    this.#isCut = true;
  }

  /** Simulates the reconnection. */
  mend(): void {
    this.#isCut = false;
    for (const listener of this.#listeners) listener.missed();
  }

  async listen(listener: AnnouncementListener, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    listener.missed();
    await once(signal, 'abort');
    this.#listeners.delete(listener);
  }
}
