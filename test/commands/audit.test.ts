import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../src/adapters/journal/entries/journal.ts';
import { newKeyPair } from '../../src/adapters/keys/pair.ts';
import { headSealer } from '../../src/adapters/keys/seals.ts';
import { auditExport, auditVerify } from '../../src/commands/audit.ts';
import type { ChangeEvent } from '../../src/domain/change/change.ts';
import { csvLine } from '../../src/domain/text/csv.ts';
import * as events from '../contract/changes-events.ts';
import { PROVEN } from '../contract/proofs.contract.ts';
import { expectGolden } from '../fixtures/golden.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'journal.jsonl');
const keys = [join(folder, 'worker.pub')];
const ID = 'c1-abc234';
let end = { line: 0, hash: '' };

/** Of the kinds of step, those that the story is about: another kind changes nothing here. */
const TOLD: readonly string[] = ['copy', 'mount', 'engines', 'verify'];
const planned = events.planned(ID);
const steps = planned.plan.approved.steps.filter(({ kind }) => TOLD.includes(kind));

/** Asked with a reason that is a formula, and a note that steers a terminal. */
const story: readonly ChangeEvent[] = [
  {
    at: '2026-03-01T09:59:59.000Z',
    type: 'requested',
    id: ID,
    intent: { verb: 'add', cluster: 'c1', nodes: ['node-2'], reason: 'more, "better" copies' },
    requester: { id: 'U1', name: '=HYPERLINK("http://x")' },
    channel: 'C1',
  },
  { ...planned, plan: { ...planned.plan, approved: { ...planned.plan.approved, steps } } },
  events.approved(ID),
  events.started,
  events.stepStarted,
  { at: '2026-03-01T10:00:00.000Z', type: 'job-started', step: 'engines', jid: '20260301100000000001' },
  {
    at: '2026-03-01T10:00:09.000Z',
    type: 'step-done',
    step: 'engines',
    already: false,
    seconds: 9,
    note: 'a\u001b[31mb',
  },
  { at: '2026-03-02T10:00:00.000Z', type: 'step-failed', step: 'verify', seconds: 1.5, failure: events.failure },
  { at: '2026-03-02T10:00:01.000Z', type: 'failed', failure: events.failure },
];

beforeAll(async () => {
  const pair = newKeyPair();
  writeFileSync(keys[0] ?? '', pair.publicKeyPem);
  const journal = await openJournal({ path, sealer: headSealer(pair) });
  for (const event of story) end = await journal.append(ID, event);
  await journal.close();
});

/** Hashes change with every word of the fixtures; the golden files say whether there is one. */
const withoutHash = (line: string) => line.replaceAll(/(?<=[",])[0-9a-f]{64}/g, 'HASH');

async function printed(run: (print: (line: string) => void) => Promise<number>) {
  const lines: string[] = [];
  const code = await run((line) => lines.push(line));
  return { code, lines, text: lines.join('\n') };
}

const exported = (options: { format?: string; from?: string; to?: string }) =>
  printed((print) => auditExport({ file: path, format: 'jsonl', ...options }, print));

const verified = (options: { witness?: string; file?: string } = {}) =>
  printed((print) => auditVerify({ file: path, keys, ...options }, print));

/** The journal as it was after so many lines. */
function firstLines(n: number): string {
  const part = join(folder, `first-${n}.jsonl`);
  writeFileSync(part, readFileSync(path, 'utf8').split('\n').slice(0, n).join('\n').concat('\n'));
  return part;
}

describe('registry-ha audit export', () => {
  it('tells an auditor who asked, who approved what was shown, and what ran with which result', async () => {
    const { code, lines } = await exported({});
    expect(code).toBe(0);
    expectGolden(
      'audit/jsonl',
      lines.map((line): unknown => JSON.parse(withoutHash(line))),
    );
  });

  it('gives a spreadsheet the same, without a formula in it', async () => {
    const { code, lines } = await exported({ format: 'csv' });
    expect(code).toBe(0);
    expectGolden('audit/csv', lines.map(withoutHash));
    expect(lines.join('\n')).toContain(`"U1 (=HYPERLINK(""http://x""))"`);
  });

  it.each([
    ['2026-03-01', undefined, 9],
    ['2026-03-02', undefined, 2],
    [undefined, '2026-03-01', 7],
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:09Z', 5],
    ['2027-01-01', undefined, 0],
  ])('takes days, including the last day, and times: from %s to %s', async (from, to, rows) => {
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    expect((await exported(range)).lines).toHaveLength(rows);
  });

  it('rejects an invalid date, format or range with an explanation', async () => {
    expect(await exported({ from: 'yesterday' })).toMatchObject({ code: 2, text: expect.stringContaining('--from') });
    expect(await exported({ to: '2026-02-31T99:00:00Z' })).toMatchObject({ code: 2 });
    expect(await exported({ from: '2026-12-01', to: '2026-11-01' })).toMatchObject({
      code: 2,
      text: '--from 2026-12-01 must be earlier than --to 2026-11-01.',
    });
    expect((await exported({ from: '2026-03-01', to: '2026-03-01' })).code).toBe(0);
    expect(await exported({ format: 'xls' })).toMatchObject({ code: 2, text: 'Invalid --format. Use jsonl or csv.' });
  });
});

describe('a cell of CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])('is never a formula: %j', (text) => {
    expect(csvLine([text]).replace(/^"/, '')).toMatch(/^'/);
  });

  it('quotes commas, quotes and line breaks, and keeps numbers', () => {
    expect(csvLine(['a,b', 'say "x"', 'one\ntwo', -1.5, ''])).toBe('"a,b","say ""x""","one\ntwo",-1.5,');
  });
});

describe('registry-ha audit verify', () => {
  it('verifies the chain, the seals and the hash that a thread quotes', async () => {
    expect(await verified({ witness: `${end.hash.slice(0, 12)}…` })).toMatchObject({
      code: 0,
      lines: [
        expect.stringMatching(/^10 lines, hash chain intact\. Head: [0-9a-f]{64}$/),
        '1 seal, all genuine. The last seal is line 10.',
        `${end.hash.slice(0, 12)} is line 9: ${ID}, failed, 2026-03-02T10:00:01.000Z.`,
      ],
    });
  });

  it('finds the line that the answer of a proof quotes', async () => {
    const file = join(folder, 'proof', 'journal.jsonl');
    const pair = newKeyPair();
    const key = join(folder, 'proof.pub');
    writeFileSync(key, pair.publicKeyPem);
    const journal = await openJournal({ path: file, sealer: headSealer(pair) });
    const { hash } = await journal.noteProof(PROVEN);
    await journal.close();
    const witness = hash.slice(0, 12);
    const { code, text } = await printed((print) => auditVerify({ file, keys: [key], witness }, print));
    expect(code).toBe(0);
    expect(text).toContain(`${witness} is line 1: verify, Proved: served 13/13 images of 3 archives`);
  });

  it('fails when the quoted hash is not in the journal', async () => {
    expect(await verified({ witness: 'ab'.repeat(6) })).toMatchObject({
      code: 1,
      text: expect.stringContaining('NOT IN THIS JOURNAL'),
    });
    expect((await verified({ witness: 'abc' })).code).toBe(2);
  });

  it('fails for a seal by a foreign key, and for the end of a change without a seal', async () => {
    const stranger = join(folder, 'stranger.pub');
    writeFileSync(stranger, newKeyPair().publicKeyPem);
    const doubted = await printed((print) => auditVerify({ file: path, keys: [stranger] }, print));
    expect(doubted).toMatchObject({ code: 1, text: expect.stringContaining('SEALS NOT VERIFIED') });
    expect(await verified({ file: firstLines(9) })).toMatchObject({
      code: 1,
      text: expect.stringContaining('NOT SEALED'),
    });
  });

  it('fails for an empty journal, and for a journal without seals', async () => {
    const empty = join(folder, 'empty.jsonl');
    writeFileSync(empty, '');
    expect(await verified({ file: empty })).toMatchObject({
      code: 1,
      text: expect.stringMatching(/NOTHING TO VERIFY: the journal is empty[\s\S]*--witness/),
    });
    const unsealed = firstLines(4);
    expect(await verified({ file: unsealed })).toMatchObject({
      code: 1,
      text: expect.stringMatching(/NOT SEALED: no line has a seal[\s\S]*verify again then[\s\S]*--witness/),
    });
    expect((await verified({ file: empty, witness: end.hash.slice(0, 12) })).text).toContain('NOT IN THIS JOURNAL');
  });

  it('accepts unsealed lines of a running change, and asks for a hash from a thread', async () => {
    const busy = join(folder, 'busy.jsonl');
    const pair = newKeyPair();
    writeFileSync(join(folder, 'busy.pub'), pair.publicKeyPem);
    const journal = await openJournal({ path: busy, sealer: headSealer(pair) });
    for (const event of [...story, events.started]) await journal.append(ID, event);
    await journal.close();
    const { code, text } = await printed((print) =>
      auditVerify({ file: busy, keys: [join(folder, 'busy.pub')] }, print),
    );
    expect(code).toBe(0);
    expect(text).toContain('1 line is not sealed yet: the change has not ended.');
    expect(text).toContain('Pass the newest hash that a thread shows after “Journal line” with --witness.');
  });

  it('explains a changed line, a missing key and a missing file', async () => {
    const tampered = join(folder, 'tampered.jsonl');
    writeFileSync(tampered, readFileSync(path, 'utf8').replace('"seconds":9', '"seconds":8'));
    expect((await verified({ file: tampered })).text).toContain('Line 8');
    expect((await verified({ file: join(folder, 'none') })).text).toContain('--file');
    const none = await printed((print) => auditVerify({ file: path, keys: [join(folder, 'no.pub')] }, print));
    expect(none).toMatchObject({ code: 1, text: expect.stringContaining('cannot be opened') });
  });
});
