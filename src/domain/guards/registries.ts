import { type Refusal, refuse } from '../answers/refusal.ts';
import type { Facts } from '../cluster/facts.ts';
import type { Intent } from '../plan/intent.ts';

/**
 * Refuses while a registry that this change does not touch is not fit: every engine would be given it, and the proof at the end
 * asks it for every image. Naming its node, too, finishes it.
 */
export function otherRegistriesRefusal({ nodes }: Intent, { kube, served }: Facts): Refusal | null {
  for (const { node } of kube.registries) {
    const other = kube.nodes.find(({ name }) => name === node);
    if (other === undefined || other.roles.includes('bootstrap') || nodes.includes(node)) continue;
    const tryNext = `Name it too (/registry-ha add ${[...nodes, node].join(' ')}), which finishes it.`;
    if (other.ip === null || !kube.endpoints.ready.includes(other.ip)) {
      const says = `${node} has a registry, too, but it is not among the Ready Endpoints, and every engine must know all of them.`;
      return refuse('registry-unfit', says, tryNext);
    }
    const missing = served.flatMap((one) => (one.node === node ? one.missing : []));
    if (missing.length === 0) continue;
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
    const says = `${node} has a registry, too, which does not serve ${missing[0]}${more}: engines would be sent there in vain.`;
    return refuse('registry-unfit', says, tryNext);
  }
  return null;
}
