import type { Facts } from '../../cluster/facts.ts';
import { endpointUrl } from '../../cluster/registry.ts';
import type { Intent } from '../../plan/intent.ts';
import type { Step } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';

/** Says which of the named nodes have a complete registry already: no step is for them, and every engine knows them. */
export function completeRegistries(intent: Intent, facts: Facts, steps: readonly Step[]): readonly string[] {
  const complete = existingRegistries(intent, facts).filter((node) => isComplete(node, facts, steps));
  if (complete.length === 0) return [];
  return complete.length === 1
    ? [`The registry of ${listed(complete)} is complete already, and every engine knows it.`]
    : [`The registries of ${listed(complete)} are complete already, and every engine knows them.`];
}

/** Warns of registries on the named nodes that somebody has left half-done. */
export function unfinishedRegistries(intent: Intent, facts: Facts, steps: readonly Step[]): readonly string[] {
  const unfinished = existingRegistries(intent, facts).filter((node) => !isComplete(node, facts, steps));
  if (unfinished.length === 0) return [];
  return unfinished.length === 1
    ? [`${listed(unfinished)} has a registry that is not complete or not known to every engine; these steps finish it.`]
    : [
        `${listed(unfinished)} have registries that are not complete or not known to every engine; these steps finish them.`,
      ];
}

const existingRegistries = ({ nodes }: Intent, { kube }: Facts): readonly string[] =>
  kube.registries.map(({ node }) => node).filter((node) => nodes.includes(node));

function isComplete(name: string, { kube, engines }: Facts, steps: readonly Step[]): boolean {
  if (steps.some((step) => 'node' in step && step.node === name)) return false;
  const ip = kube.nodes.find((node) => node.name === name)?.ip ?? '';
  return engines.every((engine) => engine.is === 'known' && engine.endpoints.includes(endpointUrl(ip)));
}
