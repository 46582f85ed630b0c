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

describe('a step counts as begun, so that its undo is offered and nothing of others is taken', () => {
  it.each<readonly [string, readonly StepEvent[], boolean]>([
    ['when it was done', [started, done], true],
    ['when it failed', [started, failed], true],
    ['when the worker died in it', [started], true],
    ['when the worker died in it, and it was so at the next look', [started, started, wasSo], true],
    ['when the worker died in it, and the next plan needed it no more', [started, notNeeded], true],
    ['when it failed, and was so at the retry', [started, failed, started, wasSo], true],
    ['but not when it was so at its first look', [started, wasSo], false],
    ['but not when it was so before the start', [notNeeded], false],
    ['when it had been so, and was done after all', [started, wasSo, started, done], true],
  ])('%s', (_, events, isBegun) => {
    const begun = events.reduce(attemptsAfter, {});
    expect(Object.keys(begun)).toEqual(isBegun ? [step] : []);
  });
});
