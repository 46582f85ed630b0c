import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import type { Facts } from '../../../src/domain/cluster/facts.ts';
import { endpointUrl } from '../../../src/domain/cluster/registry.ts';
import { planDigest } from '../../../src/domain/plan/digest.ts';
import type { IntentOf } from '../../../src/domain/plan/intent.ts';
import type { UntimedPlan } from '../../../src/domain/plan/plan.ts';
import type { StepOf } from '../../../src/domain/plan/step.ts';
import { planAdd } from '../../../src/domain/verbs/add/plan.ts';
import { undoOf } from '../../../src/domain/verbs/undo/undo.ts';
import { withDefaults } from '../../../src/domain/verbs/with-defaults.ts';
import { addNode2, facts } from '../../fixtures/facts.ts';
import { policyOf } from '../../fixtures/policy.ts';
import { changeOf, requested } from '../../slack/card-events.ts';

const when = { change: 'lab-7f3k2q', at: '2026-11-22T10:00:00.000Z', begun: false };
const rolling: IntentOf<'add'> = { ...addNode2, engines: 'rolling' };

function planned(plan: UntimedPlan | Refusal): UntimedPlan {
  if (isRefusal(plan)) throw new Error(`refused: ${plan.says}`);
  return plan;
}

const planOf = (intent: IntentOf<'add'>, seen: Facts = facts()) => planned(planAdd(intent, seen, when));
const enginesIn = ({ approved }: UntimedPlan): readonly StepOf<'engines'>[] =>
  approved.steps.flatMap((step) => (step.kind === 'engines' ? [step] : []));

/** The cluster after the engines of these nodes have the new list. */
function configured(...done: readonly string[]): Facts {
  const seen = facts();
  const both = [endpointUrl('10.200.3.11'), endpointUrl('10.200.3.13')];
  return {
    ...seen,
    engines: seen.engines.map((one) =>
      done.includes(one.node) ? { node: one.node, is: 'known', endpoints: both } : one,
    ),
  };
}

describe('engines that are reconfigured one after another', () => {
  it('have a step each: nodes without control plane first, the bootstrap node last', () => {
    const steps = enginesIn(planOf(rolling));
    expect(steps.map(({ id, nodes, gated }) => [id, nodes, gated])).toEqual([
      ['engines:node-3', ['node-3'], true],
      ['engines:node-1', ['node-1'], true],
      ['engines:node-2', ['node-2'], true],
      ['engines:bootstrap', ['bootstrap'], true],
    ]);
    expect(steps[0]?.commands[0]?.command.args).toContain('node-3');
    expect(steps[0]?.says).toBe('Reconfigure the container engine of node-3, and wait until node-3 is healthy');
  });

  it('are part of what is approved: another order is another digest', () => {
    const digests = [rolling, addNode2].map((intent) => planDigest(planned(planAdd(intent, facts(), when)).approved));
    expect(new Set(digests).size).toBe(2);
  });

  it('are named in the order in which they restart, without the warning about all masters', () => {
    const { approved, seen } = planOf(rolling);
    expect(approved.sideEffects.join('\n')).toContain(
      'containerd restarts on 4 nodes, one after another: node-3, node-1, node-2 and bootstrap.',
    );
    expect(seen.warnings.join('\n')).not.toContain('restart at about the same time');
    expect(planOf(addNode2).seen.warnings.join('\n')).toContain('restart at about the same time');
  });

  it('are only those that do not have the list yet, so that a change resumes at the next one', () => {
    const ids = enginesIn(planOf(rolling, configured('node-3', 'node-1'))).map(({ id }) => id);
    expect(ids).toEqual(['engines:node-2', 'engines:bootstrap']);
    expect(enginesIn(planOf(rolling, configured('node-1', 'node-2', 'node-3', 'bootstrap')))).toEqual([]);
    expect(enginesIn(planOf(addNode2, configured('node-3')))[0]?.nodes).toHaveLength(4);
  });
});

describe('the order of the engines', () => {
  const lenient = policyOf({});
  const careful = { ...lenient, engines: 'rolling' as const };

  it('is the policy’s, unless the request says it', () => {
    expect(withDefaults(addNode2, careful)).toEqual(rolling);
    expect(withDefaults({ ...addNode2, engines: 'all' }, careful)).toEqual({ ...addNode2, engines: 'all' });
    expect(withDefaults(addNode2, lenient)).toEqual(addNode2);
    expect(withDefaults(rolling, lenient)).toEqual(rolling);
  });

  it('of an undo is that of the change that it undoes, whatever the policy says', () => {
    const change = changeOf([requested(rolling)]);
    const undo = { verb: 'undo', undoes: 'lab-7f3k2q', cluster: 'lab', nodes: ['node-2'] } as const;
    expect(undoOf(change)).toEqual({ ...undo, engines: 'rolling' });
    expect(withDefaults(undo, careful)).toEqual(undo);
  });
});
