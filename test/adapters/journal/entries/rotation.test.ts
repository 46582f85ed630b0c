import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { readJournal } from '../../../../src/adapters/journal/entries/read.ts';
import { beginningOf } from '../../../../src/adapters/journal/entries/rotate.ts';
import { exchangeSteps, settleExchange } from '../../../../src/adapters/journal/file/files.ts';
import type { ChangeEvent, ChangeId } from '../../../../src/domain/change/change.ts';
import * as events from '../../../contract/changes-events.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { rotationAt } from '../rotation-world.ts';

/** When all events of the fixtures happen. */
const AT = events.halfway.at;
const DAYS = (n: number) => new Date(Date.parse(AT) + n * 24 * 3_600_000).toISOString();

describe('the journal’s next file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-rotation-'));
    path = join(folder, 'journal.jsonl');
  });
  afterEach(() => removeFolder(folder));

  async function write(id: ChangeId, ...all: readonly ChangeEvent[]): Promise<void> {
    const journal = await openJournal({ path });
    for (const event of all) await journal.append(id, event);
    await journal.close();
  }

  /** Opens the journal with a rotation, and returns it. */
  const rotated = (at = AT) => openJournal({ path, rotation: rotationAt(at, { maxBytes: 1 }) });

  const filesThere = async () => (await readdir(folder)).filter((name) => !name.includes('.lock')).toSorted();

  const begun = (id: ChangeId): readonly ChangeEvent[] => [
    events.requested(id),
    events.planned(id),
    events.approved(id),
    events.started,
    events.stepStarted,
  ];

  it('starts when a change ends in a file that is too large', async () => {
    const journal = await openJournal({ path, rotation: rotationAt(AT, { maxBytes: 100 }) });
    for (const event of begun('c1-abc234')) await journal.append('c1-abc234', event);
    expect(await filesThere()).toEqual(['journal.jsonl']);
    const mark = await journal.append('c1-abc234', events.done);
    expect(await filesThere()).toEqual(['journal.jsonl', 'journal.jsonl.000001']);
    await journal.append('c1-next22', events.requested('c1-next22'));
    await journal.close();
    expect((await stat(`${path}.000001`)).mode & 0o777).toBe(0o400);
    const read = await readJournal(path);
    expect(read.head.line).toBe(mark.line + 2);
    expect(read.hashes.get(mark.hash)).toBe(mark.line);
  });

  it('starts when the file is too old, also at the worker’s start', async () => {
    await write('c1-abc234', events.started, events.done);
    await (await openJournal({ path, rotation: rotationAt(DAYS(364)) })).close();
    expect(await filesThere()).toEqual(['journal.jsonl']);
    await (await openJournal({ path, rotation: rotationAt(DAYS(366)) })).close();
    expect(await filesThere()).toEqual(['journal.jsonl', 'journal.jsonl.000001']);
  });

  it('has every line of a running change, and every nonce that could be replayed', async () => {
    await write('c1-used22', events.requested('c1-used22'), events.approved('c1-used22', 'used'), events.started);
    await write('c1-used22', events.done);
    await write('c1-open22', ...begun('c1-open22'));
    await write('c1-shown2', events.requested('c1-shown2'), events.approved('c1-shown2', 'shown'), events.failed);
    await write('c1-shown2', { at: AT, type: 'refused', refusal: { refused: 'plan-stale', says: 'No.' } });
    for (let times = 0; times < 3; times += 1) {
      const journal = await rotated();
      expect(await journal.events('c1-open22')).toEqual(begun('c1-open22'));
      expect((await journal.entries('c1-open22')).map(({ mark }) => mark.line)).toEqual([5, 6, 7, 8, 9]);
      expect(await journal.events('c1-used22')).toEqual([]);
      for (const nonce of ['n1', 'used', 'shown']) expect(await journal.hasNonce(nonce)).toBe(true);
      await journal.close();
    }
    const later = await rotated(DAYS(2));
    expect(await later.hasNonce('used')).toBe(false);
    expect(await later.hasNonce('n1')).toBe(true);
    await later.close();
    expect((await readJournal(path)).events.filter(({ change }) => change === 'c1-open22')).toHaveLength(5);
  });

  it('remembers the nonce of an expired approval for a day, as clocks may differ', async () => {
    await write('c1-used22', events.requested('c1-used22'), events.approved('c1-used22', 'used'), events.started);
    await write('c1-used22', events.done);
    const isKnown = async (at: string) => {
      const journal = await rotated(at);
      const known = await journal.hasNonce('used');
      await journal.close();
      return known;
    };
    expect(await isKnown(DAYS(23 / 24))).toBe(true);
    expect(await isKnown(DAYS(25 / 24))).toBe(false);
  });

  it('keeps an undecided plan and a retriable failure for a week', async () => {
    await write('c1-plan22', events.requested('c1-plan22'), events.planned('c1-plan22'));
    await write('c1-fail22', ...begun('c1-fail22'), events.failed);
    const known = async (at: string) => {
      const journal = await rotated(at);
      const lengths = [await journal.events('c1-plan22'), await journal.events('c1-fail22')].map(
        ({ length }) => length,
      );
      await journal.close();
      return lengths;
    };
    expect(await known(DAYS(6))).toEqual([2, 6]);
    expect(await known(DAYS(8))).toEqual([0, 0]);
  });

  it('keeps an approved change from the terminal for a month, until Redis was told of it', async () => {
    const terminal = { login: 'alice', uid: 0 };
    const ended = (id: ChangeId) => [{ ...events.requested(id), terminal }, ...begun(id).slice(1), events.done];
    // First, because what was started after a kept change is kept, too.
    await write('c1-told22', ...ended('c1-told22'), { type: 'told', at: AT });
    await write('c1-term22', ...ended('c1-term22'));
    const known = async (at: string) => {
      const journal = await rotated(at);
      const ids = (await journal.changes()).filter((id) => id.includes('-t'));
      await journal.close();
      return ids;
    };
    expect(await known(DAYS(29))).toEqual(['c1-term22']);
    expect(await known(DAYS(31))).toEqual([]);
  });

  it('keeps the changes started after a change that may be undone', async () => {
    await write('c1-fail22', ...begun('c1-fail22'), events.failed);
    await write('c1-later2', ...begun('c1-later2'), events.done);
    for (let times = 0; times < 2; times += 1) {
      const journal = await rotated();
      expect(await journal.startedSince('c1-fail22')).toEqual(['c1-later2']);
      expect((await journal.events('c1-later2')).at(-1)).toEqual(events.done);
      expect(await journal.startedSince('c1-later2')).toEqual([]);
      await journal.close();
    }
  });

  /** The steps of a rotation, for a journal of one running change. */
  async function exchange() {
    await write('c1-open22', ...begun('c1-open22'));
    const { head, events: all } = await readJournal(path);
    const entries = all.map(({ event, line, hash }) => ({ event, mark: { line, hash } }));
    const open = { open: ['c1-open22'], entriesOf: async () => entries };
    const beginning = { head, older: `${path}.000001`, at: AT, ...open, approvals: new Map() };
    let content = '';
    for await (const line of beginningOf(beginning)) content += line;
    return { content, steps: exchangeSteps(path, `${path}.000001`, beginningOf(beginning)) };
  }

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('leaves a whole chain when the power fails after step %d', async (last) => {
    const { steps } = await exchange();
    expect(steps).toHaveLength(7);
    for (const step of steps.slice(0, last)) await step();
    const before = await readJournal(path);
    expect(before.events.map(({ event }) => event)).toEqual(begun('c1-open22'));
    const journal = await openJournal({ path });
    expect(await journal.events('c1-open22')).toEqual(begun('c1-open22'));
    expect(await journal.hasNonce('n1')).toBe(true);
    await journal.append('c1-open22', events.done);
    await journal.close();
    const isExchanged = last >= 5;
    expect(await filesThere()).toEqual(isExchanged ? ['journal.jsonl', 'journal.jsonl.000001'] : ['journal.jsonl']);
    const after = await readJournal(path);
    expect(after.events.map(({ event }) => event)).toEqual([...begun('c1-open22'), events.done]);
    expect(after.head.line).toBe(isExchanged ? 12 : 6);
    if (isExchanged) expect((await stat(`${path}.000001`)).mode & 0o777).toBe(0o400);
  });

  it('is discarded when only half written', async () => {
    const { content } = await exchange();
    await writeFile(`${path}.next`, content.slice(0, 700));
    await settleExchange(path);
    expect(await filesThere()).toEqual(['journal.jsonl']);
  });

  it('does not stop the worker when rotation fails: the entry goes to the old file', async () => {
    const told: unknown[] = [];
    await write('c1-abc234', events.started);
    const clock = {
      now: () => {
        throw new Error('no time');
      },
      steadyMs: () => 0,
      sleep: async () => undefined,
    };
    const rotation = rotationAt(AT, { maxBytes: 1, clock, onFailure: (error) => void told.push(error) });
    const journal = await openJournal({ path, rotation });
    await journal.append('c1-abc234', events.done);
    await journal.append('c1-next22', events.started);
    expect(await journal.events('c1-abc234')).toEqual([events.started, events.done]);
    await journal.close();
    expect(told).toEqual([new Error('no time'), new Error('no time')]);
    expect(await filesThere()).toEqual(['journal.jsonl']);
  });

  it('is kept without limit by default; with a limit the oldest files are removed, and the rest is a chain', async () => {
    for (const id of ['c1-aaaaaa', 'c1-bbbbbb', 'c1-cccccc']) {
      await write(id, events.started, events.done);
      await (await rotated()).close();
    }
    const all = ['journal.jsonl', 'journal.jsonl.000001', 'journal.jsonl.000002', 'journal.jsonl.000003'];
    expect(await filesThere()).toEqual(all);
    await utimes(`${path}.000001`, new Date(AT), new Date(AT));
    const aged = rotationAt(DAYS(20), { maxBytes: 1, keepMs: 10 * 24 * 3_600_000 });
    for (const file of ['000002', '000003']) await utimes(`${path}.${file}`, new Date(DAYS(19)), new Date(DAYS(19)));
    await (await openJournal({ path, rotation: aged })).close();
    expect((await filesThere())[1]).toBe('journal.jsonl.000002');
    await (await openJournal({ path, rotation: { ...rotationAt(AT, { maxBytes: 1 }), keepBytes: 0 } })).close();
    expect(await filesThere()).toEqual(['journal.jsonl']);
    const { first, files, head } = await readJournal(path);
    expect({ files, isCut: first > 1, lines: head.line - first + 1 }).toEqual({ files: 1, isCut: true, lines: 1 });
  });

  it('is detected as missing, and so is an older file', async () => {
    for (const id of ['c1-aaaaaa', 'c1-bbbbbb']) {
      await write(id, events.started, events.done);
      await (await rotated()).close();
    }
    const second = await readFile(`${path}.000002`);
    await rm(`${path}.000002`);
    await expect(readJournal(path)).rejects.toMatchObject({ kind: 'journal-damaged' });
    await writeFile(`${path}.000002`, second);
    await readJournal(path);
    await rm(path);
    await expect(openJournal({ path })).rejects.toThrow(/older files/);
  });

  it('is rejected when it starts with lines that are not copies', async () => {
    const { content, steps } = await exchange();
    for (const step of steps) await step();
    const lines = content.trimEnd().split('\n');
    const forged = JSON.parse(lines.at(-1) ?? '');
    forged.carried.line = 2;
    await writeFile(path, `${[...lines.slice(0, -1), JSON.stringify(forged)].join('\n')}\n`);
    await expect(readJournal(path)).rejects.toThrow(/copy of line 2/);
  });
});
