/** The port of every MetalK8s registry, on its node's control plane IP (repositories-manifest.yaml.j2). */
export const REGISTRY_PORT = 8080;

/** An engine's endpoint for the registry at this address, as container-engine writes it. */
export const endpointUrl = (address: string): string => `http://${address}:${REGISTRY_PORT}`;

/** The file by which the registry serves the images of one MetalK8s version (metalk8s.repo.configured). */
export const includeOfVersion = (saltenv: string): string => `99-${saltenv}-registry.inc`;

/** The file by which the registry serves a solution (metalk8s.solutions.available). */
export const includeOfSolution = (id: string): string => `${id}-registry-config.inc`;

/** True if both have the same members; order and duplicates do not matter. */
export function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const a = new Set(left);
  const b = new Set(right);
  return a.size === b.size && [...a].every((item) => b.has(item));
}

/** A manifest served by a registry. */
export interface ServedManifest {
  /** Hex SHA-256 of the body: the header Docker-Content-Digest is a constant and proves nothing. */
  readonly sha256: string;
  readonly blobs: readonly { readonly digest: string; readonly size: number }[];
}
