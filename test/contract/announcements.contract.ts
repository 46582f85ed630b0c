import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Announcements, Changes } from '../../src/ports/record.ts';
import { PATIENT } from '../fixtures/patience.ts';
import * as events from './changes-events.ts';

/** Announcements of cluster `c1` beside its record. */
export interface OpenedAnnouncements {
  readonly changes: Changes;
  /** A replica of its own with each call. */
  replica(): Announcements;
  close(): Promise<void>;
}

/** What every bot replica may count on. */
export function announcementsContract(name: string, open: () => Promise<OpenedAnnouncements>): void {
  describe(`${name}: announcements`, () => {
    let opened: OpenedAnnouncements;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    /** Listens while `act` runs. */
    async function listening(onChanged: (id: string) => Promise<void>, act: () => Promise<void>): Promise<void> {
      const stop = new AbortController();
      const ended = opened.replica().listen(onChanged, stop.signal);
      try {
        await act();
      } finally {
        stop.abort();
        await ended;
      }
    }
    const hears = (heard: readonly string[], ...ids: readonly string[]) =>
      vi.waitFor(() => expect(heard).toEqual(expect.arrayContaining([...ids])), PATIENT);

    it('tells what was announced while nobody listened, and what is announced later', async () => {
      const heard: string[] = [];
      await opened.changes.append('c1-early2', 0, events.requested('c1-early2'));
      await listening(
        async (id) => void heard.push(id),
        async () => {
          await hears(heard, 'c1-early2');
          await opened.changes.append('c1-later2', 0, events.requested('c1-later2'));
          await hears(heard, 'c1-later2');
        },
      );
    });

    it('tells of progress, too', async () => {
      await opened.changes.append('c1-prog22', 0, events.requested('c1-prog22'));
      const heard: string[] = [];
      const listen = async (id: string) => void heard.push(id);
      await listening(listen, () => hears(heard, 'c1-prog22'));
      heard.length = 0;
      await opened.changes.progress('c1-prog22', events.halfway);
      await listening(listen, () => hears(heard, 'c1-prog22'));
    });

    it('tells again what a listener could not take', async () => {
      let refusals = 2;
      const heard: string[] = [];
      await opened.changes.append('c1-retry2', 0, events.requested('c1-retry2'));
      await listening(
        async (id) => {
          if (id === 'c1-retry2' && refusals-- > 0) throw new Error('Slack is away');
          heard.push(id);
        },
        () => hears(heard, 'c1-retry2'),
      );
    });

    it('ends with its signal', async () => {
      const ended = opened.replica().listen(async () => undefined, AbortSignal.timeout(30));
      await expect(ended).resolves.toBeUndefined();
    });
  });
}
