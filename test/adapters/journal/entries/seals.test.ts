import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { readJournal } from '../../../../src/adapters/journal/entries/read.ts';
import { digestOf } from '../../../../src/adapters/journal/file/line.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { headChecker, headSealer } from '../../../../src/adapters/keys/seals.ts';
import type { ChangeEvent } from '../../../../src/domain/change/change.ts';
import * as events from '../../../contract/changes-events.ts';
import { PROVEN } from '../../../contract/proofs.contract.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { rotationAt } from '../rotation-world.ts';

const [pair, other] = [newKeyPair(), newKeyPair()];
const [sealer, checker] = [headSealer(pair), headChecker([pair])];

describe('a sealed journal', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-seals-'));
    path = join(folder, 'journal.jsonl');
  });
  afterEach(() => removeFolder(folder));

  /** Every type of event, each end sealed; then a new file, which carries one open change and a used approval. */
  async function written(): Promise<void> {
    const first = await openJournal({ path, sealer });
    for (const event of events.everyEvent('c1-abc234')) await first.append('c1-abc234', event);
    await first.append('c1-gone22', events.requested('c1-gone22'));
    await first.append('c1-gone22', events.approved('c1-gone22', 'nonce-2'));
    await first.append('c1-gone22', events.done);
    await first.append('c1-open22', events.requested('c1-open22'));
    await first.append('c1-open22', events.planned('c1-open22'));
    await first.append('c1-open22', events.approved('c1-open22'));
    await first.close();
    const second = await openJournal({ path, sealer, rotation: rotationAt(events.halfway.at, { maxBytes: 1 }) });
    await second.append('c1-open22', events.done);
    await second.close();
  }

  const verdict = (): Promise<unknown> =>
    readJournal(path, checker).then(
      ({ unknownKeys, unsealedEnd }) => (unknownKeys.length === 0 && unsealedEnd === 0 ? 'believed' : 'doubted'),
      (error: unknown) => error,
    );

  it('verifies, with every end and every new file sealed', async () => {
    await written();
    const journal = await readJournal(path, checker);
    expect(journal).toMatchObject({ files: 3, first: 1, unknownKeys: [], unfinished: 0, sealed: journal.head.line });
    expect(journal.events.map(({ event }) => event)).toEqual([
      ...events.everyEvent('c1-abc234'),
      events.requested('c1-gone22'),
      events.approved('c1-gone22', 'nonce-2'),
      events.done,
      events.requested('c1-open22'),
      events.planned('c1-open22'),
      events.approved('c1-open22'),
      events.done,
    ]);
  });

  it('detects a change of any field, even with recomputed hashes', async () => {
    await written();
    const files = [`${path}.000001`, `${path}.000002`, path];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const places = texts.flatMap((text, file) =>
      text
        .trimEnd()
        .split('\n')
        .flatMap((line, n) => pathsIn(JSON.parse(line)).map((at) => ({ file, n, at }))),
    );
    expect(new Set(places.map(({ at }) => at[0]))).toEqual(
      new Set(['seq', 'prev', 'change', 'event', 'seal', 'opens', 'carried']),
    );
    const tampering = fc.record({ place: fc.constantFrom(...places), anew: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(tampering, async ({ place, anew }) => {
        const lines = texts.map((text) => text.trimEnd().split('\n'));
        const line = lines[place.file]?.[place.n] ?? '';
        lines[place.file]?.splice(place.n, 1, JSON.stringify(altered(JSON.parse(line), place.at)));
        // Numbers and hashes themselves are recomputed.
        if (anew && place.at[0] !== 'seq' && place.at[0] !== 'prev') rechain(lines);
        for (const [n, file] of files.entries()) await overwrite(file, lines[n] ?? []);
        expect(await verdict(), JSON.stringify(place)).not.toBe('believed');
      }),
      { numRuns: 300 },
    );
  });

  it('fails verification when sealed with a foreign key', async () => {
    await written();
    await rm(`${path}.000001`);
    await rm(`${path}.000002`);
    expect((await readJournal(path, headChecker([other]))).unknownKeys).toEqual([pair.name]);
    const forged = headSealer({ ...other, name: pair.name });
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '{}');
    const seal = forged.seal({ line: last.seq - 1, hash: last.prev });
    await writeFile(path, `${[...lines.slice(0, -1), JSON.stringify({ ...last, seal })].join('\n')}\n`);
    expect(await verdict()).toMatchObject({ kind: 'journal-damaged' });
    await expect(openJournal({ path, sealer, checker })).rejects.toMatchObject({ kind: 'journal-damaged' });
  });

  it('fails verification when every seal was removed and the chain recomputed', async () => {
    await written();
    const files = [`${path}.000001`, `${path}.000002`, path];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const lines = texts.map((text) =>
      text
        .trimEnd()
        .split('\n')
        .filter((line) => !line.includes('"seal"')),
    );
    rechain(lines);
    for (const [n, file] of files.entries()) await overwrite(file, lines[n] ?? []);
    expect(await verdict()).not.toBe('believed');
  });

  it('seals the result of a proof in the same write, and keeps it as it was', async () => {
    const journal = await openJournal({ path, sealer });
    await journal.append('c1-abc234', events.started);
    const mark = await journal.noteProof(PROVEN);
    await journal.append('c1-abc234', events.started);
    await journal.close();
    const read = await readJournal(path, checker);
    expect(read).toMatchObject({ seals: 1, sealed: 3, unsealedEnd: 0, head: { line: 4 }, newer: [] });
    expect(read.proofs).toEqual([{ ...mark, proof: PROVEN }]);
    const again = await openJournal({ path, sealer, checker });
    expect(await again.changes()).toEqual(['c1-abc234']);
    expect(await again.events('c1-abc234')).toEqual([events.started, events.started]);
    await again.close();
  });

  it('knows after a restart when each registry was last proved: by a proof, or by a change that is done', async () => {
    const journal = await openJournal({ path, sealer });
    await journal.noteProof({ ...PROVEN, registries: [...PROVEN.registries, { node: 'node-9', isBootstrap: false }] });
    const later = (event: ChangeEvent): ChangeEvent => ({ ...event, at: '2026-12-01T10:00:00.000Z' });
    await journal.append('c1-abc234', later(events.planned('c1-abc234')));
    const before = { 'node-2': PROVEN.ended, 'node-9': PROVEN.ended };
    expect(Object.fromEntries(journal.proved())).toEqual(before);
    await journal.append('c1-abc234', later(events.failed));
    expect(Object.fromEntries(journal.proved())).toEqual(before);
    await journal.append('c1-abc234', later(events.done));
    await journal.noteProof({ ...PROVEN, ended: '2026-12-02T10:00:00.000Z', cut: { is: 'change', says: 'It began.' } });
    await journal.close();
    const again = await openJournal({ path, sealer, checker });
    expect(Object.fromEntries(again.proved())).toEqual({ ...before, 'node-2': '2026-12-01T10:00:00.000Z' });
    await again.close();
  });

  it('gets the seal of a proof that a crash has lost, and is doubted until then', async () => {
    const journal = await openJournal({ path, sealer });
    await journal.noteProof(PROVEN);
    await journal.close();
    const [proof = ''] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${proof}\n`);
    expect(await verdict()).toBe('doubted');
    await (await openJournal({ path, sealer })).close();
    expect(await readJournal(path, checker)).toMatchObject({ seals: 1, sealed: 2, unsealedEnd: 0 });
  });

  it('is damaged when the result of a proof was changed', async () => {
    const journal = await openJournal({ path, sealer });
    await journal.noteProof({ ...PROVEN, unread: [{ where: 'node-2', says: 'It is away.' }] });
    await journal.close();
    await writeFile(path, (await readFile(path, 'utf8')).replace('It is away.', 'It is there'));
    expect(await verdict()).toMatchObject({ kind: 'journal-damaged' });
  });

  it('gets a seal lost in a crash at the next start', async () => {
    const journal = await openJournal({ path, sealer });
    const mark = await journal.append('c1-abc234', events.failed);
    await journal.close();
    const [end = ''] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${end}\n{"seq":2,"pr`);
    await (await openJournal({ path, sealer })).close();
    expect(await readJournal(path, checker)).toMatchObject({ seals: 1, sealed: 2, head: { line: 2 } });
    expect((await readJournal(path, checker)).hashes.get(mark.hash)).toBe(1);
  });

  it('continues an unsealed journal of an older version, and covers it with the first seal', async () => {
    const old = await openJournal({ path });
    for (const event of [events.started, events.failed, events.started]) await old.append('c1-abc234', event);
    await old.close();
    const journal = await openJournal({ path, sealer, checker });
    expect(await journal.events('c1-abc234')).toEqual([events.started, events.failed, events.started]);
    await journal.append('c1-abc234', events.done);
    await journal.close();
    expect(await readJournal(path, checker)).toMatchObject({ seals: 1, sealed: 5, head: { line: 5 } });
  });

  it('verifies with the former and the current key of a worker', async () => {
    for (const key of [pair, other]) {
      const journal = await openJournal({ path, sealer: headSealer(key), checker: headChecker([pair, other]) });
      await journal.append('c1-abc234', events.done);
      await journal.close();
    }
    expect((await readJournal(path, headChecker([other, pair]))).unknownKeys).toEqual([]);
    expect((await readJournal(path, headChecker([other]))).unknownKeys).toEqual([pair.name]);
  });
});

/** Older files are read-only; the owner of the folder can still replace them. */
async function overwrite(file: string, lines: readonly string[]): Promise<void> {
  await rm(file);
  await writeFile(file, `${lines.join('\n')}\n`);
}

type Path = readonly (string | number)[];

/** The places of all texts, numbers and flags of a value. */
function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, member]) =>
    pathsIn(member, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

function altered(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return otherThan(value);
  if (Array.isArray(value)) return value.map((member, n) => (n === key ? altered(member, rest) : member));
  const members = Object.entries(Object(value));
  return Object.fromEntries(members.map(([name, member]) => [name, name === key ? altered(member, rest) : member]));
}

/** Another value of the same type, so that the line stays readable where possible. */
function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  const text = String(value);
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return text.replace(/^\d{4}/, '2031');
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(1)}${text[0] === '0' ? '1' : '0'}` : `${text}x`;
}

/** What an attacker with write access but no key does: recomputes number and hash of every line. */
function rechain(files: readonly string[][]): void {
  let prev = '0'.repeat(64);
  let seq = 0;
  for (const lines of files) {
    for (const [n, text] of lines.entries()) {
      seq += 1;
      lines[n] = JSON.stringify({ ...JSON.parse(text), seq, prev });
      prev = digestOf(lines[n]);
    }
  }
}
