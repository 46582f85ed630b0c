import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JournalLocked, openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { openJournalWhenFree } from '../../../../src/adapters/journal/entries/wait.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

const quick: Clock = { ...systemClock, sleep: (_ms, signal) => pause(5, undefined, { signal }) };

describe('two workers on one journal', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-journal-'));
  });
  afterEach(() => removeFolder(folder));

  it('the second worker reports the holder once, waits, and takes over', async () => {
    const path = join(folder, 'journal.jsonl');
    const first = await openJournal({ path });
    const said: (number | null)[] = [];
    const onWait = ({ pid }: JournalLocked) => void said.push(pid);
    const waiting = openJournalWhenFree({ path, clock: quick, signal: new AbortController().signal, onWait });
    await expect.poll(() => said).toEqual([process.pid]);
    await first.close();
    const second = await waiting;
    expect(said).toEqual([process.pid]);
    await second.close();
  });

  it('the second worker stops waiting when aborted', async () => {
    const path = join(folder, 'journal.jsonl');
    const first = await openJournal({ path });
    const stop = new AbortController();
    const waiting = openJournalWhenFree({ path, clock: quick, signal: stop.signal, onWait: () => stop.abort() });
    await expect(waiting).rejects.toThrow();
    await first.close();
  });
});
