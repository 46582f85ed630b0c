import type { Refusal } from '../../answers/refusal.ts';
import type { Facts } from '../../cluster/facts.ts';
import { firstRefusal } from '../../guards/guards.ts';
import type { IntentOf } from '../../plan/intent.ts';
import { type PlanFor, planOf } from '../../plan/parts.ts';
import type { UntimedPlan } from '../../plan/plan.ts';
import { bringUpSteps, contextOf, targetsOf } from '../bring-up.ts';
import { bringUpEffects, bringUpSeen } from '../bring-up-words.ts';
import { completeRegistries, registryExists, unfinishedRegistries } from './existing-registries.ts';

/** The plan from these facts. The same facts give the same plan, byte for byte. */
export function planAdd(intent: IntentOf<'add'>, facts: Facts, when: PlanFor): UntimedPlan | Refusal {
  const refusal = firstRefusal(intent, facts);
  if (refusal !== null) return refusal;
  const context = contextOf(facts, when);
  const { archives } = context;
  const steps = bringUpSteps(intent, context);
  if (!when.begun && steps.every(({ kind }) => kind === 'verify')) return registryExists(intent, facts);
  const targets = targetsOf(intent, facts);
  return planOf({
    ...{ intent, context, when, archives, steps, targets },
    sideEffects: bringUpEffects(steps, archives, targets),
    seen: bringUpSeen(targets, context, steps, {
      findings: completeRegistries(intent, facts, steps),
      warnings: unfinishedRegistries(intent, facts, steps),
    }),
  });
}
