import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { planCommand } from '../../src/commands/plan.ts';
import { planFileText } from '../../src/domain/plan/plan-file.ts';
import { planFile } from '../../src/domain/questions/plan/plan-file.ts';
import { base, changeOf } from '../slack/card-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-plan-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CHANGE = changeOf(base);
const TEXT = planFile(CHANGE)?.text ?? '';
const DIGEST = CHANGE.digest ?? '';

async function digest(text: string | null, verb = 'digest') {
  const path = join(folder, 'plan-lab-7f3k2q.txt');
  rmSync(path, { force: true });
  if (text !== null) writeFileSync(path, text);
  const lines: string[] = [];
  const code = await planCommand(verb, path, (line) => lines.push(line));
  return { code, said: lines.join('\n') };
}

describe('registry-ha plan digest', () => {
  it('prints the digest, the plan, and what to compare it with', async () => {
    const { code, said } = await digest(TEXT);
    expect(code).toBe(0);
    expect(said).toContain(`Digest: ${DIGEST}`);
    expect(said).toContain('Plan of lab-7f3k2q: add node-2, on the cluster lab.');
    expect(said).toContain(`only if the card of lab-7f3k2q shows “plan ${DIGEST.slice(0, 12)}”`);
  });

  it('says that data was exchanged, which gives it another digest', async () => {
    const at = TEXT.indexOf('-----BEGIN');
    const { code, said } = await digest(TEXT.slice(0, at) + TEXT.slice(at).replace('"node-2"', '"node-3"'));
    expect(code).toBe(1);
    expect(said).toContain('The file names another digest');
    expect(said).not.toContain(`Digest: ${DIGEST}`);
  });

  it('says that words were exchanged', async () => {
    const { code, said } = await digest(TEXT.replace('Step 1: ', 'Step 1: Harmless. '));
    expect([code, said]).toEqual([1, expect.stringContaining('its words about what is approved are not those')]);
  });

  it('gives no verdict about a plan that this version cannot read', async () => {
    if (CHANGE.plan === undefined) throw new Error('there is no plan');
    const newer = { ...CHANGE.plan.approved, ...{ later: true } };
    const { code, said } = await digest(planFileText('Plan', 'seen', newer));
    expect([code, said]).toEqual([1, expect.stringContaining('This version of registry-ha cannot read the plan')]);
  });

  it.each([
    ['another file', 'hello\n', 'is not a whole plan file'],
    ['a file that was cut', TEXT.slice(0, 2000), 'is not a whole plan file'],
    ['no file', null, 'Check the path'],
  ])('explains %s', async (_name, text, words) => {
    expect(await digest(text)).toEqual({ code: 1, said: expect.stringContaining(words) });
  });

  it('explains how it is used', async () => {
    expect(await digest(TEXT, 'show')).toEqual({ code: 2, said: 'Use `registry-ha plan digest FILE`.' });
    expect(await planCommand('digest', undefined, () => undefined)).toBe(2);
  });
});
