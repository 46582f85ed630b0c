import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Changes } from '../../src/ports/record.ts';
import * as events from './changes-events.ts';

/** Changes of cluster `c1`, empty. */
export interface OpenedChanges {
  readonly changes: Changes;
  close(): Promise<void>;
}

/** The contract of a record of changes. */
export function changesContract(name: string, open: () => Promise<OpenedChanges>): void {
  describe(`${name}: record of changes`, () => {
    let opened: OpenedChanges;
    let changes: Changes;
    beforeAll(async () => {
      opened = await open();
      changes = opened.changes;
    });
    afterAll(() => opened?.close());

    async function record(id: string, ...more: Parameters<Changes['append']>[2][]): Promise<void> {
      const all = [events.requested(id), ...more];
      for (const [version, event] of all.entries()) expect(await changes.append(id, version, event)).toBe(true);
    }

    it('returns every entry unchanged', async () => {
      const all = events.everyEvent('c1-every2');
      await record('c1-every2', ...all.slice(1));
      const stored = await changes.get('c1-every2');
      expect(stored?.events).toEqual(all);
      expect(stored?.change.plan?.approved.steps).toEqual(events.steps);
      expect(stored?.version).toBe(all.length);
    });

    it('returns the journal line of the last entry, if any', async () => {
      const mark = { line: 12, hash: 'ab'.repeat(32) };
      await record('c1-mark22');
      expect((await changes.get('c1-mark22'))?.mark).toBeUndefined();
      await changes.append('c1-mark22', 1, events.failed, mark);
      expect((await changes.get('c1-mark22'))?.mark).toEqual(mark);
      await changes.append('c1-mark22', 2, events.denied);
      expect((await changes.get('c1-mark22'))?.mark).toBeUndefined();
    });

    it('returns null for an unknown change', async () => {
      expect(await changes.get('c1-nobody')).toBeNull();
    });

    it('refuses an entry for an outdated version', async () => {
      await record('c1-moved2', events.planned('c1-moved2'));
      expect(await changes.append('c1-moved2', 1, events.denied)).toBe(false);
      expect(await changes.append('c1-moved2', 3, events.denied)).toBe(false);
      expect((await changes.get('c1-moved2'))?.change.state).toBe('planned');
    });

    it('accepts exactly one of two simultaneous decisions', async () => {
      await record('c1-twice2', events.planned('c1-twice2'));
      const decisions = [events.denied, events.approved('c1-twice2'), events.denied, events.denied];
      const won = await Promise.all(decisions.map((event) => changes.append('c1-twice2', 2, event)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await changes.get('c1-twice2'))?.version).toBe(3);
    });

    it('announces an open change again on request, but not an ended change', async () => {
      await record('c1-drawn2', events.planned('c1-drawn2'));
      const before = await changes.get('c1-drawn2');
      await changes.redraw('c1-drawn2');
      const after = await changes.get('c1-drawn2');
      expect(after?.revision).toBe((before?.revision ?? 0) + 1);
      expect(after?.version).toBe(before?.version);
      await changes.append('c1-drawn2', 2, events.denied);
      const ended = (await changes.get('c1-drawn2'))?.revision;
      await changes.redraw('c1-drawn2');
      await changes.redraw('c1-nobody');
      expect((await changes.get('c1-drawn2'))?.revision).toBe(ended);
      expect(await changes.get('c1-nobody')).toBeNull();
    });

    it('starts a record only with the request of its own change', async () => {
      await expect(changes.append('c1-begin2', 0, events.started)).rejects.toThrow(/must start with/);
      await expect(changes.append('c1-begin2', 0, events.requested('c1-other2'))).rejects.toThrow(/must start with/);
      await expect(changes.append('c2-begin2', 0, events.requested('c2-begin2'))).rejects.toThrow(/cluster c1/);
      expect(await changes.get('c1-begin2')).toBeNull();
    });

    it('keeps the progress of each running step until the step’s next entry', async () => {
      await record('c1-lanes2', events.started, events.stepStarted);
      const other = { ...events.halfway, step: 'copy:node-3:other', done: 7 };
      await changes.progress('c1-lanes2', other);
      await changes.progress('c1-lanes2', { ...events.halfway, done: 0 });
      await changes.progress('c1-lanes2', events.halfway);
      expect((await changes.get('c1-lanes2'))?.progress).toEqual([other, events.halfway]);
      await changes.append('c1-lanes2', 3, { type: 'step-started', at: events.halfway.at, step: 'copy:node-4:other' });
      expect((await changes.get('c1-lanes2'))?.progress).toEqual([other, events.halfway]);
      const { step, at } = events.halfway;
      await changes.append('c1-lanes2', 4, { type: 'step-done', at, step, already: false, seconds: 1 });
      expect((await changes.get('c1-lanes2'))?.progress).toEqual([other]);
    });

    it('counts progress in the revision, and drops it with the next entry', async () => {
      await record('c1-prog22', events.started, events.stepStarted);
      const before = await changes.get('c1-prog22');
      await changes.progress('c1-prog22', events.halfway);
      const during = await changes.get('c1-prog22');
      expect(during).toMatchObject({ progress: [events.halfway], version: 3, revision: (before?.revision ?? 0) + 1 });
      await changes.append('c1-prog22', 3, { ...events.stepStarted, at: events.halfway.at });
      const after = await changes.get('c1-prog22');
      expect(after?.progress).toEqual([]);
      expect(after?.revision).toBe((during?.revision ?? 0) + 1);
    });

    it('drops progress of a change that has no record or has ended', async () => {
      await changes.progress('c1-none22', events.halfway);
      expect(await changes.get('c1-none22')).toBeNull();
      await record('c1-ended2', events.denied);
      await changes.progress('c1-ended2', events.halfway);
      expect((await changes.get('c1-ended2'))?.progress).toEqual([]);
    });

    it('lists the changes that were requested last, newest first, ended ones too', async () => {
      await record('c1-older2', events.denied);
      await record('c1-newer2');
      const newest = await changes.recent(2);
      expect(newest).toEqual(['c1-newer2', 'c1-older2']);
      expect(await changes.recent(1)).toEqual(['c1-newer2']);
    });

    it('lists open changes: a failed change is removed, and returns when approved again', async () => {
      const isOpen = async () => (await changes.open()).includes('c1-again2');
      await record('c1-again2', events.planned('c1-again2'), events.approved('c1-again2'), events.started);
      expect(await isOpen()).toBe(true);
      await changes.append('c1-again2', 4, events.failed);
      expect(await isOpen()).toBe(false);
      await changes.append('c1-again2', 5, events.approved('c1-again2', 'n2'));
      expect(await isOpen()).toBe(true);
      await changes.append('c1-again2', 6, events.done);
      expect(await isOpen()).toBe(false);
    });
  });
}
