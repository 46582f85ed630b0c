import type { Facts } from '../../cluster/facts.ts';
import { endpointUrl } from '../../cluster/registry.ts';
import type { Intent } from '../../plan/intent.ts';
import type { Step } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';

/** A finding if some of the named nodes already have a complete registry: no step is for them, and every engine lists them. */
export function completeRegistries(intent: Intent, facts: Facts, steps: readonly Step[]): readonly string[] {
  const complete = existingRegistries(intent, facts).filter((node) => isComplete(node, facts, steps));
  if (complete.length === 0) return [];
  return complete.length === 1
    ? [`The registry of ${listed(complete)} is already complete, and every engine lists it.`]
    : [`The registries of ${listed(complete)} are already complete, and every engine lists them.`];
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
  return engines.every((engine) => engine.is === 'known' && engine.endpoints.includes(endpointUrl(ip)));
}
