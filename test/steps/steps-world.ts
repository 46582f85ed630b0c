import { expect, it } from 'vitest';
import { Failure } from '../../src/domain/answers/failure.ts';
import { isRefusal } from '../../src/domain/answers/refusal.ts';
import type { Step, StepKind } from '../../src/domain/plan/step.ts';
import { planAdd } from '../../src/domain/verbs/add/plan.ts';
import { runStep } from '../../src/steps/run-step.ts';
import type { StepWorld } from '../../src/steps/world/step-world.ts';
import { SettableClock } from '../app/bench.ts';
import { FakeLab } from '../fakes/fake-lab.ts';
import { addNode2, current, nodes, older, solution } from '../fixtures/facts.ts';
import { expectGolden } from '../fixtures/golden.ts';

/** The steps that only an undo has, and those of an undo of copies; they have a test of their own. */
export type UndoKind = Extract<StepKind, 'withdraw' | 'unmount' | 'unconfigure' | 'remove-copy' | 'prove-undone'>;

export type UndoOfCopiesKind = Extract<StepKind, 'prove-deleted'>;

/** The steps of a drill; they have a test of their own. */
export type DrillKind = Extract<StepKind, 'serves' | 'arm' | 'outage'>;

const planned = planAdd(addNode2, new FakeLab().facts(), { change: 'lab-7f3k2q', at: '', begun: false });
const steps: readonly Step[] = isRefusal(planned) ? [] : planned.approved.steps;
/** The plan's step of a kind. */
export const of = (kind: StepKind): Step => steps.find((step) => step.kind === kind) ?? raise();
export const raise = (): never => {
  throw new Error('the plan has no such step');
};

/** A step's world over the lab. */
export function worldOf(lab: FakeLab, changes: Partial<StepWorld> = {}): StepWorld {
  const node = (name: string) => nodes.find((candidate) => candidate.name === name);
  return {
    ...lab,
    clock: new SettableClock(),
    accessTo: (name) => node(name)?.access ?? raise(),
    addressOf: (name) => node(name)?.ip ?? raise(),
    archives: [older, current, solution],
    onProgress: () => undefined,
    onJob: async () => undefined,
    cancelled: never,
    throwIfCancelled: () => undefined,
    runName: 'lab-7f3k2q.step.1',
    startedJob: undefined,
    ...changes,
  };
}

export const never = new AbortController().signal;
export const RUN = { name: 'run', again: false, onWait: () => undefined };

/** Does all steps before this one, so that it finds the cluster as the plan would. */
export async function labBefore(kind: StepKind): Promise<FakeLab> {
  const lab = new FakeLab();
  for (const step of steps.slice(0, steps.indexOf(of(kind))))
    await runStep(step, worldOf(lab), async () => undefined, never);
  lab.ran.length = 0;
  return lab;
}

/** What ran, and how it ended. */
export async function outcome(step: Step, lab: FakeLab, changes: Partial<StepWorld> = {}) {
  try {
    return { ran: lab.ran, outcome: await runStep(step, worldOf(lab, changes), async () => undefined, never) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { ran: lab.ran, failure: error.report() };
  }
}

/** A step of one kind, a lab in which it is next, and what makes it fail there. */
interface StepCase {
  readonly kind: StepKind;
  readonly step: () => Step;
  readonly labBefore: () => Promise<FakeLab>;
  readonly breaks: (lab: FakeLab) => void;
  /** What the lab does late when all is well. */
  readonly late?: (lab: FakeLab) => void;
}

/** What every step keeps: it does its work, does it once only, and says what is wrong. */
export function keepsItsWord({ kind, step, labBefore: before, breaks, late }: StepCase): void {
  it('does its work when it is needed', async () => {
    const lab = await before();
    late?.(lab);
    expectGolden(`steps/${kind}-done`, await outcome(step(), lab));
  });

  it('does nothing if the work is already done, and says so', async () => {
    const lab = await before();
    await outcome(step(), lab);
    lab.ran.length = 0;
    expectGolden(`steps/${kind}-already`, await outcome(step(), lab));
  });

  it('fails with where, what happened and what to do', async () => {
    const lab = await before();
    breaks(lab);
    const failed = await outcome(step(), lab);
    expect(failed).toHaveProperty('failure');
    expectGolden(`steps/${kind}-failed`, failed);
  });
}
