import { type Refusal, refuse } from '../answers/refusal.ts';
import type { EngineFacts, Facts, KubeFacts, NodeFacts } from '../cluster/facts.ts';
import { endpointUrl } from '../cluster/registry.ts';
import type { Intent } from '../plan/intent.ts';
import { listed } from '../text/format.ts';

/** Refuses if Kubernetes lists an address as a Ready registry that is none: Salt would give it to every engine. `leaving`: it goes soon. */
export function strangeEndpointsRefusal(
  { nodes, registries, endpoints }: KubeFacts,
  leaving: readonly string[] = [],
): Refusal | null {
  const strange = endpoints.ready.flatMap((address) => {
    const node = nodes.find(({ ip }) => ip === address);
    if (node !== undefined && leaving.includes(node.name)) return [];
    if (node === undefined) return [`${address}, which is the address of no node`];
    const hasPod = node.roles.includes('bootstrap') || registries.some((one) => one.node === node.name);
    return hasPod ? [] : [`${address}, but ${node.name} has no pod repositories-${node.name}`];
  });
  if (strange.length === 0) return null;
  return refuse(
    'registry-unfit',
    `The Endpoints kube-system/repositories list ${listed(strange)}. Salt would give every address there to every engine.`,
    'Check `kubectl -n kube-system get endpoints repositories -o yaml`, and run the command again once it is right.',
  );
}

/** Refuses if a registry on a node that is not in the change is not Ready or is incomplete: every engine would use it too. */
export function otherRegistriesRefusal(
  { nodes }: Intent,
  { kube, served }: Facts,
  toComplete = (node: string) => `Run /registry-ha add ${[...nodes, node].join(' ')} to complete it too.`,
): Refusal | null {
  for (const { node } of kube.registries) {
    const other = kube.nodes.find(({ name }) => name === node);
    if (other === undefined || other.roles.includes('bootstrap') || nodes.includes(node)) continue;
    const tryNext = toComplete(node);
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

/** An address that engines list although no registry is there. */
export interface DeadEndpoint {
  readonly url: string;
  /** The node that has the address now; null: none. */
  readonly owner: string | null;
  /** The nodes whose engines list it. */
  readonly engines: readonly string[];
}

/** Every endpoint of an engine that is not one of the registries at these addresses, sorted. */
export function deadEndpoints(
  alive: readonly string[],
  nodes: readonly NodeFacts[],
  engines: readonly EngineFacts[],
): readonly DeadEndpoint[] {
  const right = alive.map(endpointUrl);
  const lists = engines.flatMap((one) =>
    one.is === 'known'
      ? one.endpoints.filter((url) => !right.includes(url)).map((url) => ({ url, node: one.node }))
      : [],
  );
  return [...new Set(lists.map(({ url }) => url))].toSorted().map((url) => ({
    url,
    owner: nodes.find(({ ip }) => ip !== null && endpointUrl(ip) === url)?.name ?? null,
    engines: lists.filter((one) => one.url === url).map(({ node }) => node),
  }));
}
