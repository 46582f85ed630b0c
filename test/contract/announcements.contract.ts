import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Announcements, Changes } from '../../src/ports/record.ts';
import { PATIENT } from '../fixtures/patience.ts';
import * as events from './changes-events.ts';

/** Announcements of cluster `c1` beside its record. */
export interface OpenedAnnouncements {
  readonly changes: Changes;
  /** A new replica at each call. */
  replica(): Announcements;
  close(): Promise<void>;
}

/** The contract of announcements. */
export function announcementsContract(name: string, open: () => Promise<OpenedAnnouncements>): void {
  describe(`${name}: announcements`, () => {
    let opened: OpenedAnnouncements;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    /** Another replica that is already listening. */
    async function listening() {
      const [stop, heard, gaps] = [new AbortController(), [] as string[], [] as string[]];
      const listener = { changed: (id: string) => heard.push(id), missed: () => gaps.push('missed') };
      const ended = opened.replica().listen(listener, stop.signal);
      await vi.waitFor(() => expect(gaps).toEqual(['missed']), PATIENT);
      const hears = (...ids: readonly string[]) =>
        vi.waitFor(() => expect(heard).toEqual(ids), { ...PATIENT, interval: 5 });
      const end = async () => {
        stop.abort();
        await ended;
      };
      return { hears, end };
    }

    it('wake every replica for each entry, progress and redraw', async () => {
      const replicas = [await listening(), await listening()];
      const all = (...ids: readonly string[]) => Promise.all(replicas.map(({ hears }) => hears(...ids)));
      await opened.changes.append('c1-heard2', 0, events.requested('c1-heard2'));
      await all('c1-heard2');
      await opened.changes.progress('c1-heard2', events.halfway);
      await all('c1-heard2', 'c1-heard2');
      await opened.changes.redraw('c1-heard2');
      await all('c1-heard2', 'c1-heard2', 'c1-heard2');
      await Promise.all(replicas.map(({ end }) => end()));
    });

    it('wake no replica for a refused entry', async () => {
      const { hears, end } = await listening();
      await opened.changes.append('c1-moved3', 0, events.requested('c1-moved3'));
      expect(await opened.changes.append('c1-moved3', 0, events.requested('c1-moved3'))).toBe(false);
      await opened.changes.progress('c1-none33', events.halfway);
      await opened.changes.redraw('c1-none33');
      await opened.changes.append('c1-after3', 0, events.requested('c1-after3'));
      await hears('c1-moved3', 'c1-after3');
      await end();
    });

    it('are not kept for a later listener, which learns that some may have been missed', async () => {
      await opened.changes.append('c1-early2', 0, events.requested('c1-early2'));
      const { hears, end } = await listening();
      await opened.changes.append('c1-later2', 0, events.requested('c1-later2'));
      await hears('c1-later2');
      await end();
    });

    it('end when aborted', async () => {
      const listener = { changed: () => undefined, missed: () => undefined };
      await expect(opened.replica().listen(listener, AbortSignal.timeout(30))).resolves.toBeUndefined();
      await expect(opened.replica().listen(listener, AbortSignal.abort())).resolves.toBeUndefined();
    });
  });
}
