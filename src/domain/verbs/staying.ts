import type { Facts, NodeFacts } from '../cluster/facts.ts';
import { endpointUrl } from '../cluster/registry.ts';
import { type DeadEndpoint, deadEndpoints } from '../guards/registries.ts';

/** Addresses of the registries that stay without these nodes, sorted. They always include the bootstrap's. */
export function remaining(leaving: readonly string[], { kube }: Pick<Facts, 'kube'>): readonly string[] {
  const staying = kube.registries.map(({ node }) => node).filter((node) => !leaving.includes(node));
  return kube.nodes
    .flatMap(({ name, ip, roles }) =>
      ip !== null && (staying.includes(name) || roles.includes('bootstrap')) ? [ip] : [],
    )
    .sort();
}

/** Endpoints that the engines list in vain: of deleted or replaced nodes, and of registries that are gone. */
export const deadIn = ({ kube, engines }: Pick<Facts, 'kube' | 'engines'>): readonly DeadEndpoint[] =>
  deadEndpoints(remaining([], { kube }), kube.nodes, engines);

/** True if some engine lists the registry of one of these nodes. */
export function isKnownToAnEngine(nodes: readonly NodeFacts[], { engines }: Pick<Facts, 'engines'>): boolean {
  const urls = nodes.map(({ ip }) => endpointUrl(ip ?? ''));
  return engines.some((engine) => engine.is === 'known' && engine.endpoints.some((url) => urls.includes(url)));
}
