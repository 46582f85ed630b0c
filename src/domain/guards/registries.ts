import { type Refusal, refuse } from '../answers/refusal.ts';
import type { EngineFacts, Facts, KubeFacts, NodeFacts } from '../cluster/facts.ts';
import { endpointUrl } from '../cluster/registry.ts';
import type { Intent } from '../plan/intent.ts';
import { listed } from '../text/format.ts';
import { together } from './together.ts';

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

/** The way to complete the registries of these nodes. */
export type ToComplete = (nodes: readonly string[]) => string;

/** Refuses if a registry on a node that is not in the change is not Ready or is incomplete: every engine would use it too. */
export function otherRegistriesRefusal(
  { nodes }: Intent,
  { kube, served }: Facts,
  toComplete: ToComplete = (others) =>
    `Run /registry-ha add ${[...nodes, ...others].join(' ')} to complete ${others.length === 1 ? 'it' : 'them'} too.`,
): Refusal | null {
  const unfit = kube.registries.flatMap(({ node }) => {
    const other = kube.nodes.find(({ name }) => name === node);
    if (other === undefined || other.roles.includes('bootstrap') || nodes.includes(node)) return [];
    const missing = served.flatMap((one) => (one.node === node ? one.missing : []));
    const says = whyUnfit(other, missing, kube);
    return says === null ? [] : [{ node, says }];
  });
  const next = toComplete(unfit.map(({ node }) => node));
  return together(unfit.map(({ says }) => refuse('registry-unfit', says, next)));
}

function whyUnfit(other: NodeFacts, missing: readonly string[], kube: KubeFacts): string | null {
  if (other.ip === null || !kube.endpoints.ready.includes(other.ip))
    return `${other.name} has a registry too, but the registry is not in the Ready Endpoints. Every engine must use all registries.`;
  if (missing.length === 0) return null;
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return `${other.name} has a registry too, but the registry does not serve ${missing[0]}${more}. Engines would ask it in vain.`;
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
