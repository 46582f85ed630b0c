import type { Facts, NodeFacts } from '../cluster/facts.ts';
import { endpointUrl } from '../cluster/registry.ts';

/** Addresses of the registries that stay without these nodes, sorted. They always include the bootstrap's. */
export function remaining(leaving: readonly string[], { kube }: Pick<Facts, 'kube'>): readonly string[] {
  const staying = kube.registries.map(({ node }) => node).filter((node) => !leaving.includes(node));
  return kube.nodes
    .flatMap(({ name, ip, roles }) =>
      ip !== null && (staying.includes(name) || roles.includes('bootstrap')) ? [ip] : [],
    )
    .sort();
}

/** An address that engines list although no registry is there. */
export interface DeadEndpoint {
  readonly url: string;
  /** The node that has the address now; null: none. */
  readonly owner: string | null;
  /** The nodes whose engines list it. */
  readonly engines: readonly string[];
}

/** Endpoints of deleted or replaced nodes, and of registries that are gone, sorted. */
export function deadEndpoints({ kube, engines }: Pick<Facts, 'kube' | 'engines'>): readonly DeadEndpoint[] {
  const alive = remaining([], { kube }).map(endpointUrl);
  const lists = engines.flatMap((one) =>
    one.is === 'known'
      ? one.endpoints.filter((url) => !alive.includes(url)).map((url) => ({ url, node: one.node }))
      : [],
  );
  return [...new Set(lists.map(({ url }) => url))].toSorted().map((url) => ({
    url,
    owner: kube.nodes.find(({ ip }) => ip !== null && endpointUrl(ip) === url)?.name ?? null,
    engines: lists.filter((one) => one.url === url).map(({ node }) => node),
  }));
}

/** True if some engine lists the registry of one of these nodes. */
export function isKnownToAnEngine(nodes: readonly NodeFacts[], { engines }: Pick<Facts, 'engines'>): boolean {
  const urls = nodes.map(({ ip }) => endpointUrl(ip ?? ''));
  return engines.some((engine) => engine.is === 'known' && engine.endpoints.some((url) => urls.includes(url)));
}
