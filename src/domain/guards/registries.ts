import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Facts } from '../cluster/facts.ts';
import type { Intent } from '../plan/intent.ts';

/** Refuses if a registry on a node that is not in the change is not Ready or is incomplete: every engine would use it too. */
export function otherRegistriesRefusal({ nodes }: Intent, { kube, served }: Facts): Refusal | null {
  for (const { node } of kube.registries) {
    const other = kube.nodes.find(({ name }) => name === node);
    if (other === undefined || other.roles.includes('bootstrap') || nodes.includes(node)) continue;
    const tryNext = `Run /registry-ha add ${[...nodes, node].join(' ')} to complete it too.`;
    if (other.ip === null || !kube.endpoints.ready.includes(other.ip)) {
      const says = `${node} has a registry too, but the registry is not in the Ready Endpoints. Every engine must use all registries.`;
      return refuse('registry-unfit', says, tryNext);
    }
    const missing = served.flatMap((one) => (one.node === node ? one.missing : []));
    if (missing.length === 0) continue;
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    const says = `${node} has a registry too, but the registry does not serve ${missing[0]}${more}. Engines would ask it in vain.`;
    return refuse('registry-unfit', says, tryNext);
  }
  return null;
}
