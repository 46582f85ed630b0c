import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { timed } from '../../src/app/plan/fresh-plan.ts';
import type { Step, StepOf } from '../../src/domain/plan/step.ts';
import { stepSchema } from '../../src/schema/record-schemas.ts';
import { plugOf, STEP_KINDS } from '../../src/steps/kinds.ts';
import type { StepPlug } from '../../src/steps/world/step-plug.ts';
import { planned, steps } from '../contract/changes-events.ts';

const GOLDEN = join(import.meta.dirname, '../golden/steps');

type Plug = StepPlug<StepOf<'mount'>>;
type PartsThatMayBeLeftOut = { [P in keyof Plug]: Omit<Plug, P> extends Plug ? P : never }[keyof Plug];

describe('a kind of step', () => {
  it('has all its parts, or does not compile', () => {
    expectTypeOf<PartsThatMayBeLeftOut>().toEqualTypeOf<never>();
  });

  it.each(Object.keys(STEP_KINDS))('%s has golden files for done, already done and failed', (kind) => {
    for (const end of ['done', 'already', 'failed'])
      expect(existsSync(join(GOLDEN, `${kind}-${end}.json`)), `${kind}-${end}`).toBe(true);
  });
});

describe.each(steps.map((step) => [step.kind, step] as const))('a step of the kind %s', (kind, step) => {
  it('is read back from a record as it was', () => {
    expect(stepSchema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
  });

  it('is refused with a member that its kind does not have', () => {
    expect(stepSchema.safeParse({ ...step, planted: 1 }).success).toBe(false);
  });

  it('has an estimate from fast to slow', () => {
    const { from, to } = plugOf(kind).seconds(step);
    expect(from).toBeGreaterThan(0);
    expect(to).toBeGreaterThan(from);
  });
});

describe('the schema of steps', () => {
  it('refuses a kind that this version does not know', () => {
    expect(stepSchema.safeParse({ ...steps[1], kind: 'planted' }).success).toBe(false);
  });
});

describe('the estimate of a plan', () => {
  it('is the sum over the steps, in whole seconds', () => {
    const [mount, deploy] = steps.filter(({ kind }) => kind === 'mount' || kind === 'deploy');
    if (mount === undefined || deploy === undefined) throw new Error('there is one of each kind');
    const { plan } = planned('c1-abc234');
    const estimate = (own: readonly Step[]) =>
      timed({ ...plan, approved: { ...plan.approved, steps: own } }, 3).seen.estimate;
    expect(estimate([mount, deploy])).toEqual({ from: 45, to: 135 });
    expect(estimate([])).toEqual({ from: 0, to: 0 });
  });
});
