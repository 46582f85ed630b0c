import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { journalMemory } from '../../../../src/adapters/journal/entries/memory.ts';
import { digestOf } from '../../../../src/adapters/journal/file/line.ts';
import type { ChangeEvent } from '../../../../src/domain/change/change.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 10, minute)).toISOString();
const requested = (id: string, minute: number): ChangeEvent => ({
  type: 'requested',
  at: at(minute),
  id,
  intent: { verb: 'add', cluster: 'lab', nodes: ['node-2'] },
  requester: { id: 'U0ALICE', name: 'alice' },
  channel: 'C0OPS',
});
const started: ChangeEvent = { type: 'started', at: at(59) };
const failed: ChangeEvent = {
  type: 'failed',
  at: at(59),
  failure: { kind: 'x', where: 'node-2', what: 'No.', next: 'Go.' },
};

/** A journal that its worker has open. */
async function journalOf(name: string, ...lines: readonly (readonly [string, ChangeEvent])[]) {
  const path = join(folder, name, 'journal.jsonl');
  const journal = await openJournal({ path });
  for (const [id, event] of lines) await journal.append(id, event);
  return { path, journal, memory: journalMemory(path) };
}

describe('the memory of a journal', () => {
  it('lists the changes of a journal that its worker is writing, newest first', async () => {
    const lines = [
      ['lab-aaaaaa', requested('lab-aaaaaa', 1)] as const,
      ['lab-bbbbbb', requested('lab-bbbbbb', 2)] as const,
    ];
    const { memory, journal } = await journalOf('list', ...lines);
    const { changes, isCut } = await memory.recent(10);
    expect([changes.map(({ id }) => id), isCut]).toEqual([['lab-bbbbbb', 'lab-aaaaaa'], false]);
    expect(await memory.recent(1)).toMatchObject({ changes: [{ id: 'lab-bbbbbb' }], isCut: true });
    await journal.append('lab-aaaaaa', failed);
    expect((await memory.get('lab-aaaaaa'))?.change.state).toBe('failed');
    expect(await memory.get('lab-cccccc')).toBeNull();
    await journal.close();
  });

  it('names the change that runs, as soon as the journal has its start, and until it has its end', async () => {
    const { memory, journal } = await journalOf('runs', ['lab-aaaaaa', requested('lab-aaaaaa', 1)]);
    expect(await memory.applying()).toBeNull();
    await journal.append('lab-aaaaaa', started);
    expect(await memory.applying()).toBe('lab-aaaaaa');
    expect(await memory.applying()).toBe('lab-aaaaaa');
    await journal.append('lab-aaaaaa', failed);
    expect(await memory.applying()).toBeNull();
    await journal.close();
  });

  it('has for a plan what the worker has: the events of each change, and what was started after it', async () => {
    const { memory, journal } = await journalOf(
      'planning',
      ...[['lab-aaaaaa', requested('lab-aaaaaa', 1)] as const, ['lab-aaaaaa', started] as const],
      ...[['lab-bbbbbb', requested('lab-bbbbbb', 2)] as const, ['lab-bbbbbb', started] as const],
    );
    const read = await memory.whilePlanning(async ({ events, changes, startedSince }) => ({
      events: await events('lab-aaaaaa'),
      changes: await changes(),
      later: await startedSince('lab-aaaaaa'),
    }));
    expect(read).toEqual({
      events: [requested('lab-aaaaaa', 1), started],
      changes: ['lab-aaaaaa', 'lab-bbbbbb'],
      later: ['lab-bbbbbb'],
    });
    await journal.close();
  });

  it('keeps the newest 200 changes in memory, and says that there are more', async () => {
    const ids = [...Array(201).keys()].map((n) => `lab-${String(n).padStart(6, '0')}`);
    const { memory, journal } = await journalOf('many', ...ids.map((id, n) => [id, requested(id, n)] as const));
    await journal.close();
    const { changes, isCut } = await memory.recent(1_000);
    expect([changes.length, changes.at(-1)?.id, isCut]).toEqual([200, 'lab-000001', true]);
    expect((await memory.get('lab-000000'))?.change.id).toBe('lab-000000');
  });

  it('keeps the changes that are asked for behind any number of others', async () => {
    const other = (id: string, minute: number): ChangeEvent => {
      const event = requested(id, minute);
      return event.type === 'requested' ? { ...event, intent: { ...event.intent, nodes: ['node-3'] } } : event;
    };
    const ids = [...Array(250).keys()].map((n) => `lab-${String(n).padStart(6, '0')}`);
    const others = ids.flatMap((id, n) => [[id, other(id, 2 + n)] as const, [id, failed] as const]);
    const first = ['lab-aaaaaa', requested('lab-aaaaaa', 1)] as const;
    const { memory, journal } = await journalOf('behind', first, ...others);
    await journal.close();
    const { changes, isCut } = await memory.recent(10, ({ intent }) => intent.nodes.includes('node-2'));
    expect([changes.map(({ id }) => id), isCut]).toEqual([['lab-aaaaaa'], false]);
  });

  it('knows whether a worker has the journal open, without keeping the next one from it', async () => {
    const { path, memory, journal } = await journalOf('open');
    const files = () => readdirSync(dirname(path)).map((name) => [name, statSync(join(dirname(path), name)).mtimeMs]);
    const before = files();
    expect(await memory.isOpen()).toBe(true);
    await journal.close();
    expect(await memory.isOpen()).toBe(false);
    expect(files()).toEqual(before);
    const next = await openJournal({ path });
    expect(await memory.isOpen()).toBe(true);
    await next.close();
    expect(await journalMemory(join(folder, 'nowhere/journal.jsonl')).isOpen()).toBe(false);
  });

  it('says what to do about a journal that is missing, and never takes it for an empty one', async () => {
    await expect(journalMemory(join(folder, 'nowhere/journal.jsonl')).recent(10)).rejects.toMatchObject({
      message: expect.stringContaining('no worker has started with this configuration yet'),
    });
  });

  it('gives no list that leaves out what a newer version has written', async () => {
    const { path, memory, journal } = await journalOf('newer', ['lab-aaaaaa', requested('lab-aaaaaa', 1)]);
    await journal.close();
    const [line = ''] = readFileSync(path, 'utf8').split('\n');
    const event = { type: 'paused', at: at(3) };
    appendFileSync(path, `${JSON.stringify({ seq: 2, prev: digestOf(line), change: 'lab-bbbbbb', event })}\n`);
    await expect(memory.recent(10)).rejects.toMatchObject({ message: expect.stringContaining('newer version') });
    expect((await memory.get('lab-aaaaaa'))?.change.id).toBe('lab-aaaaaa');
  });
});
