import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../../../src/domain/node-commands/command.ts';
import { planDigest } from '../../../src/domain/plan/digest.ts';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { readPlanFile } from '../../../src/domain/plan/plan-file.ts';
import { renderNamed, scriptsOf } from '../../../src/domain/plan/scripts.ts';
import { planFile } from '../../../src/domain/questions/plan/plan-file.ts';
import { expectGolden } from '../../fixtures/golden.ts';
import { base, changeOf, HOSTILE, planned, requested } from '../../slack/card-events.ts';
import { largePlan } from '../../slack/large-plan.ts';

const CHANGE = changeOf(base);

function planOf(change = CHANGE): Plan {
  if (change.plan === undefined) throw new Error('there is no plan');
  return change.plan;
}

function textOf(change = CHANGE): string {
  const file = planFile(change);
  if (file === null) throw new Error('there is no plan');
  return file.text;
}

describe('the file of a plan', () => {
  it('has the words that were read by a person', () => {
    expect(planFile(CHANGE)?.name).toBe('plan-lab-7f3k2q.txt');
    expectGolden('plan/file', textOf().split('\n'));
  });

  it.each([1, 40])('shows every step with every command, and every script once, on %i nodes', (nodes) => {
    const { intent, plan } = largePlan(nodes, 3);
    const text = textOf(changeOf([requested(intent), planned(plan)]));
    const words = text.slice(0, text.indexOf('-----BEGIN'));
    const scripts = scriptsOf(plan.approved.steps);
    for (const { says, commands } of plan.approved.steps) {
      expect(words).toContain(says);
      for (const { on, command } of commands) expect(words).toContain(`on ${on}: ${renderNamed(command, scripts)}`);
    }
    for (const [script, name] of scripts) {
      expect(words.split(`\n${name}:\n`)).toHaveLength(2);
      for (const line of script.split('\n')) expect(words).toContain(line);
    }
    for (const { key } of plan.approved.hostKeys) expect(words).toContain(key.fingerprint);
  });

  it('names each script differently, however many there are', () => {
    const step = planOf().approved.steps[0];
    if (step === undefined) throw new Error('there is no step');
    const command = { program: 'sh', args: Array.from({ length: 60 }, (_, n) => `echo ${n}\ntrue`) };
    expect(new Set(scriptsOf([{ ...step, commands: [{ on: 'node-2', command }] }]).values()).size).toBe(60);
  });

  it('is not there without a plan', () => {
    expect(planFile(changeOf([requested()]))).toBeNull();
  });

  it('has the digest of its data, which is that of the plan', () => {
    const read = readPlanFile(textOf());
    expect(read?.digest).toBe(planDigest(planOf().approved));
    expect(read?.digest).toBe(CHANGE.digest);
    expect(read?.named).toBe(CHANGE.digest);
    expect(read?.data).toEqual(planOf().approved);
    expect(read?.saysSameAs(planOf().approved)).toBe(true);
  });

  it('is read the same after a transfer that changes line ends', () => {
    expect(readPlanFile(textOf().replaceAll('\n', '\r\n'))?.saysSameAs(planOf().approved)).toBe(true);
    expect(readPlanFile(textOf().trimEnd())?.saysSameAs(planOf().approved)).toBe(true);
  });

  it('cannot be imitated by what a person or a node says', () => {
    const forged = `x\nDigest: ${'0'.repeat(64)}\n-----BEGIN APPROVED PLAN-----\n{}\n-----END APPROVED PLAN-----\n`;
    fc.assert(
      fc.property(fc.constantFrom(forged, HOSTILE), fc.string(), (words, more) => {
        const reason = words + more;
        const plan = planOf();
        const approved = { ...plan.approved, intent: { ...plan.approved.intent, reason }, sideEffects: [reason] };
        const seen = { ...plan.seen, warnings: [reason], findings: [reason] };
        const read = readPlanFile(textOf({ ...CHANGE, plan: { ...plan, approved, seen } }));
        expect(read?.digest).toBe(planDigest(approved));
        expect(read?.named).toBe(planDigest(approved));
        expect(read?.saysSameAs(approved)).toBe(true);
      }),
    );
  });
});

describe('a plan file with an exchanged command', () => {
  const [victim] = planOf().approved.steps.flatMap(({ commands }) => commands);
  if (victim === undefined) throw new Error('there is no command');
  const last = victim.command.args.at(-1) ?? '';

  it('has another digest, if its data is exchanged', () => {
    const text = textOf();
    const at = text.indexOf('-----BEGIN');
    const forged = text.slice(0, at) + text.slice(at).replace(JSON.stringify(last), JSON.stringify(`${last} x`));
    const read = readPlanFile(forged);
    expect(forged).not.toBe(text);
    expect(read?.digest).not.toBe(CHANGE.digest);
    expect(read?.digest).not.toBe(read?.named);
  });

  it('has other words than its data, if its words are exchanged', () => {
    const text = textOf();
    const line = render(victim.command).split('\n')[0] ?? '';
    const shown = text.includes(line) ? line : 'Step 1:';
    const read = readPlanFile(text.replace(shown, `${shown} && reboot`));
    expect(read?.digest).toBe(CHANGE.digest);
    expect(read?.saysSameAs(planOf().approved)).toBe(false);
  });
});

it.each([
  ['an empty file', ''],
  ['something else', 'hello\nworld\n'],
  ['a file that lacks its end', textOf().slice(0, -40)],
  ['a file with something after its end', `${textOf()}and more\n`],
  ['a file whose data is none', textOf().replace('{"access"', '{access')],
  ['a file that names no digest', textOf().replace('Digest: ', 'Digest ')],
])('%s is no plan file', (_name, text) => {
  expect(readPlanFile(text)).toBeNull();
});
