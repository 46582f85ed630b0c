import { once } from 'node:events';
import type { ChangeId } from '../../src/domain/change/change.ts';
import type { AnnouncementListener, Announcements } from '../../src/ports/record.ts';

/** Announcements in memory: told to whoever listens at that moment, and kept for nobody. */
export class FakeAnnouncements implements Announcements {
  readonly #listeners = new Set<AnnouncementListener>();

  #isCut = false;

  announce(id: ChangeId): void {
    if (this.#isCut) return;
    for (const listener of this.#listeners) listener.changed(id);
  }

  /** As when the connection of every listener is cut. */
  cut(): void {
    this.#isCut = true;
  }

  /** They listen again. */
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
