import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, NO_LINE } from '../../../../src/adapters/journal/file/line.ts';
import type { ChangeEvent, ChangeId } from '../../../../src/domain/change/change.ts';
import * as events from '../../../contract/changes-events.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

/** The size at which a worker rotates its journal unless told otherwise. */
const BYTES = 64 * 1024 * 1024;
/** Megabytes: enough for Node, zod and the index; a tenth of what a journal of this size needs as objects. */
const HEAP = 80;

describe('a journal of 64 MB', { timeout: 300_000 }, () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-large-'));
    path = join(folder, 'journal.jsonl');
    await pipeline(Readable.from(lines()), createWriteStream(path, { mode: 0o600 }));
  }, 120_000);
  afterAll(() => removeFolder(folder));

  it('is opened in little memory, while the worker does other work', async () => {
    expect(await longestShareOf('open')).toBeLessThan(0.2);
  });

  it('is read in little memory', async () => {
    expect(await longestShareOf('show')).toBeLessThan(0.2);
  });

  it('is rotated in little memory, while the worker does other work', async () => {
    expect(await longestShareOf('rotate')).toBeLessThan(0.2);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.lock')).toSorted()).toEqual([
      'journal.jsonl',
      'journal.jsonl.000001',
    ]);
    expect((await stat(`${path}.000001`)).size).toBeGreaterThan(BYTES);
    expect((await stat(path)).size).toBeGreaterThan(BYTES / 10);
  });

  async function longestShareOf(act: string): Promise<number> {
    const script = join(import.meta.dirname, 'use-journal.ts');
    const words = [`--max-old-space-size=${HEAP}`, script, act, path, events.halfway.at];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [[code, signal], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    expect({ code, signal }, err.slice(0, 2_000)).toEqual({ code: 0, signal: null });
    return Number(out);
  }
});

/** Changes that are done, every fourth one still running, until the file is large enough. */
function* lines(): Generator<string> {
  let [seq, prev, bytes] = [0, NO_LINE, 0];
  function line(change: ChangeId, event: ChangeEvent): string {
    seq += 1;
    const written = JSON.stringify({ seq, prev, change, event });
    prev = digestOf(written);
    bytes += written.length + 1;
    return `${written}\n`;
  }
  const begun = (id: ChangeId, n: number) => [
    events.requested(id),
    planned(id),
    events.approved(id, `n${n}`),
    events.started,
  ];
  for (const event of begun('c1-open22', 0)) yield line('c1-open22', event);
  for (let n = 1; bytes < BYTES; n += 1) {
    const id = `c1-${n.toString(36).padStart(6, 'a')}`;
    for (const event of begun(id, n)) yield line(id, event);
    if (n % 4 > 0) yield line(id, events.done);
  }
}

/** A plan of twenty nodes, as large as a real one. */
function planned(id: ChangeId): ChangeEvent {
  const event = events.planned(id);
  const { approved } = event.plan;
  return {
    ...event,
    plan: { ...event.plan, approved: { ...approved, steps: Array.from({ length: 20 }, () => approved.steps).flat() } },
  };
}
