import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Facts } from '../../cluster/facts.ts';
import { endpointUrl } from '../../cluster/registry.ts';
import type { Intent } from '../../plan/intent.ts';
import type { Step } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';
import { hashedIn, unlikeRefusal } from '../proved-now.ts';

/** The refusal when nothing is left to do. It says of the layers only what the proof has found. */
export function registryExists({ nodes }: Intent, { proof }: Facts): Refusal {
  const isOne = nodes.length === 1;
  const has = `${listed(nodes)} already ${isOne ? 'has a registry' : 'have registries'}.`;
  const again = `run \`/registry-ha add ${nodes.join(' ')}\``;
  const wrong = unlikeRefusal(proof, has, again);
  if (wrong !== null) return wrong;
  const each = isOne ? 'it' : 'each';
  const says = `${has} ${hashedIn(proof)} Kubernetes lists ${each} as Ready, and every engine uses ${each}.`;
  return refuse('registry-exists', says, `To verify again, ${again} at any time.`);
}

/** A finding if some of the named nodes already have a complete registry: no step is for them, and every engine lists them. */
export function completeRegistries(intent: Intent, facts: Facts, steps: readonly Step[]): readonly string[] {
  const complete = existingRegistries(intent, facts).filter((node) => isComplete(node, facts, steps));
  if (complete.length === 0) return [];
  return complete.length === 1
    ? [`The registry of ${listed(complete)} serves every manifest already, and every engine lists it.`]
    : [`The registries of ${listed(complete)} serve every manifest already, and every engine lists them.`];
}

/** A warning if some of the named nodes have an incomplete registry. */
export function unfinishedRegistries(intent: Intent, facts: Facts, steps: readonly Step[]): readonly string[] {
  const unfinished = existingRegistries(intent, facts).filter((node) => !isComplete(node, facts, steps));
  if (unfinished.length === 0) return [];
  return unfinished.length === 1
    ? [`The registry of ${listed(unfinished)} is incomplete or not listed by every engine. These steps complete it.`]
    : [
        `The registries of ${listed(unfinished)} are incomplete or not listed by every engine. These steps complete them.`,
      ];
}

const existingRegistries = ({ nodes }: Intent, { kube }: Facts): readonly string[] =>
  kube.registries.map(({ node }) => node).filter((node) => nodes.includes(node));

function isComplete(name: string, { kube, engines }: Facts, steps: readonly Step[]): boolean {
  if (steps.some((step) => 'node' in step && step.node === name)) return false;
  const ip = kube.nodes.find((node) => node.name === name)?.ip ?? '';
  if (!kube.endpoints.ready.includes(ip)) return false;
  return engines.every((engine) => engine.is === 'known' && engine.endpoints.includes(endpointUrl(ip)));
}
