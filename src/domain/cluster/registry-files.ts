import type { MountFacts, TargetFile } from './facts.ts';

/** The files of a node's registry, as an inspection without a change reads them. */
export interface RegistryFiles {
  readonly files: readonly {
    readonly path: string;
    /** `unread`: its size is right, and its content is not compared yet. */
    readonly is: TargetFile['is'] | 'unread';
  }[];
  readonly mounts: readonly MountFacts[];
  /** `<device> <mountpoint>` pairs of /etc/fstab. */
  readonly fstab: readonly MountFacts[];
  /** File names in /var/lib/metalk8s/repositories/conf.d. */
  readonly registryConfig: readonly string[];
  /** Copies of the registry's manifest in kubelet's folder, which kubelet runs, too; left out when it is unknown. */
  readonly manifestCopies?: readonly string[];
}
