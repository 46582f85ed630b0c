import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../src/adapters/journal/entries/journal.ts';
import { digestOf } from '../../src/adapters/journal/file/line.ts';
import { auditExport } from '../../src/commands/audit.ts';
import { journalCommand } from '../../src/commands/journal.ts';
import type { ChangeEvent } from '../../src/domain/change/change.ts';
import { PROVEN } from '../contract/proofs.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-journal-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function printed(run: (print: (line: string) => void) => Promise<number>) {
  const lines: string[] = [];
  const code = await run((line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

async function journal(name: string): Promise<string> {
  const path = join(folder, name, 'journal.jsonl');
  const open = await openJournal({ path });
  const at = '2026-11-22T10:00:00.000Z';
  const events: readonly ChangeEvent[] = [
    {
      type: 'requested',
      at,
      id: 'lab-7f3k2q',
      intent: { verb: 'add', cluster: 'lab', nodes: ['node-2'], reason: 'why \u001b[31mred' },
      requester: { id: 'U0ALICE', name: 'alice' },
      channel: 'C0OPS',
    },
    { type: 'step-started', at, step: 'copy:node-2:metalk8s-128.0.1' },
    { type: 'failed', at, failure: { kind: 'x', where: 'node-2', what: 'No space left.', next: 'Make room.' } },
  ];
  for (const event of events) await open.append('lab-7f3k2q', event);
  await open.close();
  return path;
}

describe('registry-ha journal', () => {
  it('shows an auditor who asked for what and what came of it, without letting a reason steer the terminal', async () => {
    const path = await journal('show');
    const { code, text } = await printed((print) => journalCommand('show', 'lab-7f3k2q', path, print));
    expect(code).toBe(0);
    expect(text).toContain('requested by U0ALICE (alice): add node-2, reason: why red');
    expect(text).toContain('failed (x): node-2: No space left.');
    expect(text).not.toContain('\u001b');
  });

  it('verifies the chain, also while a line is being written', async () => {
    const path = await journal('verify');
    appendFileSync(path, '{"seq":4,"pre');
    const { code, text } = await printed((print) => journalCommand('verify', undefined, path, print));
    expect(code).toBe(0);
    expect(text).toMatch(/^3 lines, hash chain intact\. Head: [0-9a-f]{64}\nThe last line is incomplete \(13 bytes\)/);
  });

  it('names what a newer version has written, whose chain it can still check', async () => {
    const path = await journal('newer');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const event = { type: 'paused', at: '2026-11-22T10:00:00.000Z' };
    const line = { seq: 4, prev: digestOf(lines.at(-1) ?? ''), change: 'lab-7f3k2q', event };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    const shown = await printed((print) => journalCommand('show', 'lab-7f3k2q', path, print));
    expect(shown.code).toBe(0);
    expect(shown.text.split('\n').at(-1)).toBe('4  lab-7f3k2q  written by a newer version of registry-ha');
    const verified = await printed((print) => journalCommand('verify', undefined, path, print));
    expect(verified.code).toBe(0);
    expect(verified.text).toContain('4 lines, hash chain intact.');
    expect(verified.text).toContain('A newer version of registry-ha wrote 1 line, from line 4 on.');
    const exported = await printed((print) => auditExport({ file: path, format: 'csv' }, print));
    expect(exported).toMatchObject({ code: 1, text: expect.stringContaining('written by a newer version') });
  });

  it('shows proofs among everything, with what was compared, and not among a change', async () => {
    const path = await journal('proof');
    const open = await openJournal({ path });
    await open.noteProof({ ...PROVEN, differences: [{ where: 'node-2', says: 'an image \u001b[31mdiffers' }] });
    await open.close();
    const { text } = await printed((print) => journalCommand('show', undefined, path, print));
    expect(text.split('\n').at(-1)).toBe(
      '4  2026-11-22T10:00:20.000Z  verify  bootstrap, node-2 with every layer: Not proved: 1 difference found. | node-2: an image differs',
    );
    const ofChange = await printed((print) => journalCommand('show', 'lab-7f3k2q', path, print));
    expect(ofChange.text).not.toContain('verify');
    const exported = await printed((print) => auditExport({ file: path, format: 'jsonl' }, print));
    expect(JSON.parse(exported.text.split('\n').at(-1) ?? '')).toMatchObject({
      ...{
        time: '2026-11-22T10:00:20.000Z',
        cluster: 'lab',
        change: '',
        what: 'verified',
        who: '',
        result: 'different',
      },
      ...{ nodes: 'bootstrap node-2', seconds: 20, line: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('calls a proof of a newer version newer, and not damaged', async () => {
    const path = await journal('newer-proof');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    const line = { seq: 4, prev: digestOf(lines.at(-1) ?? ''), proof: { ...PROVEN, moon: 'full' } };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    const { text } = await printed((print) => journalCommand('show', undefined, path, print));
    expect(text.split('\n').at(-1)).toBe('4    written by a newer version of registry-ha');
  });

  it('finds a line that was changed, and exits 1', async () => {
    const path = await journal('tampered');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"node-2"', '"node-3"'));
    const { code, text } = await printed((print) => journalCommand('verify', undefined, path, print));
    expect(code).toBe(1);
    expect(text).toContain('Line 2');
  });

  it('explains a missing file, an unknown change and an unknown verb', async () => {
    const path = await journal('questions');
    expect(
      (await printed((print) => journalCommand('show', undefined, join(folder, 'no.jsonl'), print))).text,
    ).toContain('--file');
    expect(await printed((print) => journalCommand('show', 'lab-nobody', path, print))).toEqual({
      code: 1,
      text: 'The journal has no entry for lab-nobody.',
    });
    expect((await printed((print) => journalCommand('delete', undefined, path, print))).code).toBe(2);
  });
});
