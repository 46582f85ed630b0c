import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import * as events from '../../../contract/changes-events.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

/** Files of this process can grow to this many bytes and no further, as on a full disk; without a number as far as they like. */
function room(bytes?: number): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes ?? 'unlimited'}:`]);
}

describe('a journal whose disk is full', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-journal-'));
    path = join(folder, 'journal.jsonl');
  });
  afterEach(async () => {
    room();
    await removeFolder(folder);
  });

  it('writes nothing while the disk is full, says why, and resumes by itself with an intact chain', async () => {
    const journal = await openJournal({ path });
    await journal.append('c1-abc234', events.started);
    expect(await journal.trouble()).toBeNull();
    room((await stat(path)).size + 20);
    await expect(journal.append('c1-abc234', events.stepStarted)).rejects.toMatchObject({ kind: 'journal-unusable' });
    await expect(journal.append('c1-abc234', events.stepStarted)).rejects.toThrow(/EFBIG|too large/);
    const says = await journal.trouble();
    room();
    expect(says).toContain('cannot be written, so no change runs');
    expect(says).toContain('The worker then resumes by itself');
    expect(await journal.trouble()).toBeNull();
    await journal.append('c1-abc234', events.failed);
    expect(await journal.events('c1-abc234')).toEqual([events.started, events.failed]);
    await journal.close();
    expect(await readdir(folder)).toEqual(['journal.jsonl', 'journal.jsonl.lock']);
    const again = await openJournal({ path });
    expect(await again.events('c1-abc234')).toHaveLength(2);
    await again.close();
  });

  it('stays unusable while the disk has no room for the lost line', async () => {
    const journal = await openJournal({ path });
    await journal.append('c1-abc234', events.started);
    const large = {
      ...events.failed,
      type: 'failed' as const,
      failure: { ...events.failure, detail: 'x'.repeat(50_000) },
    };
    room((await stat(path)).size + 20_000);
    await expect(journal.append('c1-abc234', large)).rejects.toMatchObject({ kind: 'journal-unusable' });
    const says = await journal.trouble();
    room();
    expect(says).toContain('cannot be written');
    expect(await journal.trouble()).toBeNull();
    await journal.append('c1-abc234', large);
    await journal.close();
  });

  it('is not resumed when its content has changed', async () => {
    const journal = await openJournal({ path });
    await journal.append('c1-abc234', events.started);
    room((await stat(path)).size + 20);
    await expect(journal.append('c1-abc234', events.stepStarted)).rejects.toMatchObject({ kind: 'journal-unusable' });
    room();
    const content = await readFile(path, 'utf8');
    await writeFile(path, content.replace('started', 'stArted'));
    expect(await journal.trouble()).toMatch(/^Line 1 of the journal .* Find out what/);
    await expect(journal.append('c1-abc234', events.failed)).rejects.toMatchObject({ kind: 'journal-unusable' });
    await appendFile(path, '');
    await journal.close();
  });
});
