/** The port of every MetalK8s registry, on its node's control plane IP (repositories-manifest.yaml.j2). */
export const REGISTRY_PORT = 8080;

/** MetalK8s' name for its registries; it never resolves, so every pull goes to a mirror. */
export const ENGINE_REGISTRY = 'metalk8s-registry-from-config.invalid';

/** An engine's endpoint for the registry at this address, as container-engine writes it. */
export const endpointUrl = (address: string): string => `http://${address}:${REGISTRY_PORT}`;

/** The file by which the registry serves the images of one MetalK8s version (metalk8s.repo.configured). */
export const includeOfVersion = (saltenv: string): string => `99-${saltenv}-registry.inc`;

/** The file by which the registry serves a solution (metalk8s.solutions.available). */
export const includeOfSolution = (id: string): string => `${id}-registry-config.inc`;

/** Files that metalk8s.repo.configured writes for any version. */
export const FILES_OF_ANY_VERSION = ['default.conf', '90-registry-config.inc', '99-registry-common.inc'] as const;

/** The version or solution that this file of the registry's configuration serves; null for any other file. */
export function servedBy(file: string): { readonly kind: 'metalk8s' | 'solution'; readonly id: string } | null {
  if (FILES_OF_ANY_VERSION.some((one) => one === file)) return null;
  const version = /^99-(metalk8s-\d.*)-registry\.inc$/.exec(file)?.[1];
  if (version !== undefined) return { kind: 'metalk8s', id: version };
  const solution = /^(.+)-registry-config\.inc$/.exec(file)?.[1];
  return solution === undefined ? null : { kind: 'solution', id: solution };
}

/** True if both have the same members; order and duplicates do not matter. */
export function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const a = new Set(left);
  const b = new Set(right);
  return a.size === b.size && [...a].every((item) => b.has(item));
}

/** The configuration or a layer of an image, as its manifest names it. */
export interface Blob {
  /** `sha256:…` */
  readonly digest: string;
  readonly size: number;
}

/** A manifest served by a registry. */
export interface ServedManifest {
  /** Hex SHA-256 of the body: the header Docker-Content-Digest is a constant and proves nothing. */
  readonly sha256: string;
  readonly blobs: readonly Blob[];
}

/** The bytes that a registry served for a blob. */
export interface ServedBlob {
  readonly size: number;
  /** Hex SHA-256 of the bytes; null if the size differs from the manifest's, because they are then not read. */
  readonly sha256: string | null;
}

/** The images of some registries, compared with the bootstrap's: every manifest byte for byte, every blob by its SHA-256. */
export type ImagesProof =
  | {
      readonly is: 'same';
      /** Images of each registry. */
      readonly images: number;
      /** Blobs of all registries that were hashed, and their bytes. */
      readonly blobs: number;
      readonly bytes: number;
    }
  | { readonly is: 'different'; readonly node: string; readonly says: string };

/** The switch on the bootstrap node, and the manifest of its registry. */
export interface SwitchFacts {
  /** What the switch puts back, and in how many seconds; null: it is not armed, or only in part. */
  readonly armed: { readonly aside: string; readonly secondsLeft: number } | null;
  /** Something of a switch is there, armed or not. */
  readonly hasUnits: boolean;
  /** Where the manifest is in kubelet's folder. */
  readonly hasManifest: boolean;
  /** Manifests that drills keep aside. */
  readonly aside: readonly string[];
  /** Copies of the manifest in kubelet's folder, which kubelet runs, too; left out when none is known. */
  readonly copies?: readonly string[];
}
