/** An image of an archive, pulled as `<prefix>/<name>:<tag>`. */
export interface Image {
  readonly prefix: string;
  readonly name: string;
  readonly tag: string;
}

/** An ISO listed in bootstrap.yaml or solutions.yaml, sound and mounted on the bootstrap node. */
export interface Archive {
  readonly kind: 'metalk8s' | 'solution';
  /** saltenv (`metalk8s-128.0.1`) or solution id (`example-solution-0.1.0`): mount folder, image prefix. */
  readonly id: string;
  readonly version: string;
  /** Absolute path, the same on every node. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hex SHA-256 of the whole file on the bootstrap node. */
  readonly sha256: string;
  readonly images: readonly Image[];
}

/** Where MetalK8s mounts an archive, on every node (metalk8s.get_archives, metalk8s_solutions). */
export const mountpointOf = (archive: { readonly id: string }): string => `/srv/scality/${archive.id}`;

export const imageName = ({ prefix, name, tag }: Image): string => `${prefix}/${name}:${tag}`;

/** What is wrong with a listed archive. */
export type ArchiveFault =
  | 'missing'
  | 'unreadable'
  | 'directory'
  | 'relative-path'
  | 'not-an-iso'
  | 'truncated'
  | 'wrong-product'
  | 'not-mounted'
  | 'replaced-under-mount';
