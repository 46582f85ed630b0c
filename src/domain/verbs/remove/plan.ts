import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Facts } from '../../cluster/facts.ts';
import { enginesSteps } from '../../plan/engine-steps.ts';
import type { IntentOf } from '../../plan/intent.ts';
import { type PlanFor, type PlanTarget, planOf } from '../../plan/parts.ts';
import type { UntimedPlan } from '../../plan/plan.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';
import { contextOf, targetsOf } from '../bring-up.ts';
import { takingAwayEffects } from '../plan-words.ts';
import { isKnownToAnEngine, remaining } from '../staying.ts';
import { goneStep, proveGoneStep } from '../take-away.ts';
import { aloneEngine, removeRefusal } from './guards.ts';
import { removeSeen } from './plan-words.ts';
import { fileSteps, unconfigureSteps, unmountSteps, withdrawSteps } from './steps.ts';

/** Takes whole registries away, in MetalK8s' order (reference: metalk8s.md §7.1): registries, engines, mounts, configuration, files. */
export function planRemove(intent: IntentOf<'remove'>, facts: Facts, when: PlanFor): UntimedPlan | Refusal {
  const context = contextOf(facts, when);
  const targets = targetsOf(intent, facts);
  const refusal = removeRefusal(intent, context, targets);
  if (refusal !== null) return refusal;
  const steps = stepsOf(intent, context, targets);
  const alone = steps.some(({ kind }) => kind === 'withdraw') ? aloneEngine(intent, facts) : null;
  if (alone !== null) return alone;
  if (!when.begun && steps.every(({ kind }) => kind === 'prove-undone')) return nothingThere(intent);
  return planOf({
    ...{ intent, context, when, steps, targets, archives: context.archives },
    sideEffects: takingAwayEffects(steps),
    seen: removeSeen(intent, targets, context, steps),
  });
}

function stepsOf(intent: IntentOf<'remove'>, context: PlanContext, targets: readonly PlanTarget[]): readonly Step[] {
  const { facts } = context;
  const addresses = remaining(intent.nodes, facts);
  const withdraws = targets.flatMap((one) => withdrawSteps(one, context));
  const { ready, notReady } = facts.kube.endpoints;
  const isListed = targets.some(({ node }) => [...ready, ...notReady].includes(node.ip ?? ''));
  const last = targets.at(-1)?.node.name;
  const waits = last !== undefined && (withdraws.length > 0 || isListed) ? [goneStep(last, addresses)] : [];
  const nodes = targets.map(({ node }) => node);
  const gone = nodes.map(({ name, ip }) => ({ node: name, address: ip ?? '' }));
  return [
    ...withdraws,
    ...waits,
    ...(isKnownToAnEngine(nodes, facts) ? enginesSteps(context, addresses, intent) : []),
    ...targets.flatMap((one) => [
      ...unmountSteps(one, context),
      ...unconfigureSteps(one),
      ...(intent.keepIsos === true ? [] : fileSteps(one, context)),
    ]),
    proveGoneStep(gone, staying(intent, facts), context),
  ];
}

/** The registries beside the bootstrap's that stay. */
function staying({ nodes }: IntentOf<'remove'>, { kube }: Facts) {
  const addresses = remaining(nodes, { kube });
  return kube.nodes.flatMap(({ name, ip, roles }) =>
    ip !== null && addresses.includes(ip) && !roles.includes('bootstrap') ? [{ node: name, address: ip }] : [],
  );
}

const nothingThere = ({ nodes }: IntentOf<'remove'>): Refusal =>
  refuse(
    'no-registry',
    `${listed(nodes)} ${nodes.length === 1 ? 'has no registry' : 'have no registries'}. No mount, file or configuration of one is there, and no container engine lists one.`,
    'Check the name. If the registry was removed before, there is nothing left to do.',
  );
