import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RECORD_LOST } from '../../src/domain/change/lost-record.ts';
import type { Journal } from '../../src/ports/record.ts';
import * as events from './changes-events.ts';

/** An empty journal. */
export interface OpenedJournal {
  readonly journal: Journal;
  close(): Promise<void>;
}

/** The contract of a journal. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>): void {
  describe(`${name}: journal`, () => {
    let opened: OpenedJournal;
    let journal: Journal;
    beforeEach(async () => {
      opened = await open();
      journal = opened.journal;
    });
    afterEach(() => opened?.close());

    it('returns each change unchanged, also after concurrent writes', async () => {
      const [first, second] = [events.everyEvent('c1-first2'), events.everyEvent('c1-second')];
      const both = first.flatMap((event, n) => [
        ['c1-first2', event] as const,
        ['c1-second', second[n] ?? event] as const,
      ]);
      await Promise.all(both.map(([id, event]) => journal.append(id, event)));
      expect(await journal.events('c1-first2')).toEqual(first);
      expect(await journal.events('c1-second')).toEqual(second);
      expect(await journal.events('c1-nobody')).toEqual([]);
    });

    it('returns the line of each event, with a unique hash', async () => {
      const first = await journal.append('c1-first2', events.started);
      const other = await journal.append('c1-second', events.started);
      const second = await journal.append('c1-first2', events.started);
      expect(await journal.entries('c1-first2')).toEqual([
        { event: events.started, mark: first },
        { event: events.started, mark: second },
      ]);
      expect(first.line).toBeLessThan(other.line);
      expect(new Set([first, other, second].map(({ hash }) => hash)).size).toBe(3);
    });

    it('marks an approval as used once its change has started', async () => {
      await journal.append('c1-used22', events.approved('c1-used22', 'nonce-1'));
      expect(await journal.hasNonce('nonce-1')).toBe(false);
      await journal.append('c1-other2', events.started);
      expect(await journal.hasNonce('nonce-1')).toBe(false);
      await journal.append('c1-used22', events.started);
      expect(await journal.hasNonce('nonce-1')).toBe(true);
      expect(await journal.hasNonce('nonce-2')).toBe(false);
    });

    it('lists the changes that started after another change', async () => {
      for (const id of ['c1-first2', 'c1-second', 'c1-thirdd', 'c1-first2', 'c1-second'])
        await journal.append(id, events.started);
      expect(await journal.startedSince('c1-first2')).toEqual(['c1-thirdd', 'c1-second']);
      expect(await journal.startedSince('c1-thirdd')).toEqual(['c1-first2', 'c1-second']);
      expect(await journal.startedSince('c1-nobody')).toEqual([]);
    });

    it('lists changes that have not ended, or ended because Redis lost their record', async () => {
      const lost = { ...events.failed, failure: { ...events.failure, kind: RECORD_LOST } };
      for (const id of ['c1-asked2', 'c1-donee2', 'c1-failed', 'c1-lostt2', 'c1-again2'])
        await journal.append(id, events.requested(id));
      await journal.append('c1-donee2', events.done);
      await journal.append('c1-failed', events.failed);
      await journal.append('c1-lostt2', lost);
      await journal.append('c1-again2', events.failed);
      await journal.append('c1-again2', events.approved('c1-again2', 'nonce-1'));
      expect((await journal.unsettled()).toSorted()).toEqual(['c1-again2', 'c1-asked2', 'c1-lostt2']);
    });

    it('lists all changes, each once', async () => {
      for (const id of ['c1-first2', 'c1-second', 'c1-first2']) await journal.append(id, events.started);
      expect((await journal.changes()).toSorted()).toEqual(['c1-first2', 'c1-second']);
    });

    it('keeps an approval used when the same change is approved again', async () => {
      await journal.append('c1-again2', events.approved('c1-again2', 'nonce-1'));
      await journal.append('c1-again2', events.started);
      await journal.append('c1-again2', events.approved('c1-again2', 'nonce-2'));
      expect(await journal.hasNonce('nonce-1')).toBe(true);
      expect(await journal.hasNonce('nonce-2')).toBe(false);
    });
  });
}
