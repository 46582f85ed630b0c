import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { attemptsAfter } from '../../../src/domain/change/step-attempts.ts';

type StepEvent = Extract<ChangeEvent, { readonly step: string }>;

const at = '2026-11-22T10:00:00.000Z';
const step = 'copy:node-2:a-1';
const started: StepEvent = { type: 'step-started', at, step };
const done: StepEvent = { type: 'step-done', at, step, already: false, seconds: 1, note: 'copied' };
const wasSo: StepEvent = { type: 'step-done', at, step, already: true, seconds: 1, note: 'it is there' };
const notNeeded: StepEvent = { type: 'step-done', at, step, already: true, seconds: 0 };
const failed: StepEvent = {
  type: 'step-failed',
  at,
  step,
  seconds: 1,
  failure: { kind: 'command', where: 'node-2', what: 'It broke.', next: 'Mend it.' },
};

describe('whether a step counts as begun by this change', () => {
  it.each<readonly [string, readonly StepEvent[], boolean]>([
    ['begun after it was done', [started, done], true],
    ['begun after it failed', [started, failed], true],
    ['begun after the worker died in it', [started], true],
    ['begun after the worker died in it, and the next check found it done', [started, started, wasSo], true],
    ['begun after the worker died in it, and the next plan dropped it', [started, notNeeded], true],
    ['begun after it failed, and the retry found it done', [started, failed, started, wasSo], true],
    ['not begun if its first check found it done', [started, wasSo], false],
    ['not begun if it was done before the start', [notNeeded], false],
    ['begun after it was found done, and done later', [started, wasSo, started, done], true],
  ])('%s', (_, events, isBegun) => {
    const begun = events.reduce(attemptsAfter, {});
    expect(Object.keys(begun)).toEqual(isBegun ? [step] : []);
  });
});
