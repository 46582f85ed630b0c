import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { PlacedCopy } from '../../change/placed-copies.ts';
import type { Facts } from '../../cluster/facts.ts';
import { firstRefusal } from '../../guards/guards.ts';
import type { IntentOf } from '../../plan/intent.ts';
import { type PlanFor, planOf } from '../../plan/parts.ts';
import type { UntimedPlan } from '../../plan/plan.ts';
import { listed } from '../../text/format.ts';
import { unclearMounts } from '../archives-there.ts';
import { bringUpSteps, contextOf, targetsOf } from '../bring-up.ts';
import { bringUpEffects, bringUpSeen } from '../bring-up-words.ts';
import { hashedIn, unlikeRefusal } from '../proved-now.ts';
import { deadIn } from '../staying.ts';
import { syncAgain } from './again.ts';
import { deadInWords, droppedInWords, keptFiles, whyStale } from './plan-words.ts';
import { clearSteps, staleIncludes } from './steps.ts';

type Sync = IntentOf<'sync'>;

/** Brings registries to what the bootstrap node serves: copies and deploys what is new, then removes what is listed no more. */
export function planSync(
  intent: Sync,
  facts: Facts,
  copies: readonly PlacedCopy[],
  when: PlanFor,
): UntimedPlan | Refusal {
  const context = contextOf(facts, when);
  const targets = targetsOf(intent, facts);
  const { archives } = context;
  const refusal =
    firstRefusal(intent, facts, () => 'Sync it too: run /registry-ha sync all') ??
    (when.begun ? null : (withoutRegistry(intent, facts) ?? onlyTheBootstrap(intent, facts))) ??
    unclearMounts(
      targets.map(({ target }) => target),
      archives,
    );
  if (refusal !== null) return refusal;
  const steps = bringUpSteps(intent, context, {
    before: (one) => staleIncludes(one, archives),
    after: (one) => clearSteps(one, archives, copies),
  });
  if (!when.begun && steps.every(({ kind }) => kind === 'verify')) return nothingToSync(intent, facts);
  return planOf({
    ...{ intent, context, when, archives, steps, targets },
    sideEffects: bringUpEffects(steps, archives, targets),
    seen: bringUpSeen(targets, context, steps, {
      findings: [...deadInWords(facts), ...targets.flatMap((one) => whyStale(one, context))],
      warnings: [...droppedInWords(intent, facts), ...targets.flatMap((one) => keptFiles(one, archives, copies))],
    }),
  });
}

/** Refuses a node that has no registry to sync. */
function withoutRegistry({ nodes }: Sync, { kube }: Facts): Refusal | null {
  const without = nodes.filter((name) => kube.registries.every(({ node }) => node !== name));
  if (without.length === 0) return null;
  const says = `${listed(without)} ${without.length === 1 ? 'has no registry' : 'have no registries'} to sync.`;
  return refuse(
    'no-registry',
    says,
    `To give ${without.length === 1 ? 'it one' : 'them one each'}: /registry-ha add ${without.join(' ')}`,
  );
}

/** Without another registry, there is something to do only if an engine lists an address without one. */
function onlyTheBootstrap({ nodes }: Sync, facts: Facts): Refusal | null {
  if (nodes.length > 0 || deadIn(facts).length > 0) return null;
  const says = 'The cluster has no registry beside the bootstrap’s, so there is nothing to sync.';
  return refuse('no-registry', says, 'To give a node a registry: /registry-ha add NODE');
}

function nothingToSync(intent: Sync, { proof }: Facts): Refusal {
  const { nodes } = intent;
  const isOne = nodes.length === 1;
  const again = `run ${syncAgain(intent)}`;
  const has = `The ${isOne ? 'registry' : 'registries'} of ${listed(nodes)} ${isOne ? 'has' : 'have'} exactly the archives of the bootstrap node.`;
  const wrong = unlikeRefusal(proof, has, again);
  if (wrong !== null) return wrong;
  const each = isOne ? 'it' : 'each';
  const says = `${has} ${hashedIn(proof)} Kubernetes lists ${each} as Ready, and every engine uses ${each}.`;
  return refuse('nothing-to-sync', says, `To verify again, ${again} at any time.`);
}
