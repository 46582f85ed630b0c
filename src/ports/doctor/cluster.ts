import type { NodeAccess, OpenFolder, TargetFacts } from '../../domain/cluster/facts.ts';
import type { WantedFile } from '../../domain/cluster/target-query.ts';

/** A right in Kubernetes' core group; a subresource follows a slash: `pods/exec`. */
export interface KubeRight {
  readonly verb: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface ReviewedRight {
  readonly allowed: boolean;
  /** The API server's time of day, in ms since the epoch, in whole seconds; null if it did not say. */
  readonly serverMs: number | null;
}

/** The rights of the kubeconfig's user. Throws Unreachable('kubernetes'). */
export interface KubeRights {
  may(right: KubeRight, signal: AbortSignal): Promise<ReviewedRight>;
}

/** A node as a target, as far as it can be seen without reading any archive. */
export type Fitness =
  | Extract<TargetFacts, { readonly is: 'closed' }>
  | {
      readonly is: 'open';
      readonly fingerprint: string;
      readonly isPinned: boolean;
      readonly hasIsoinfo: boolean;
      readonly portInUse: boolean;
      /** File systems on which archives are missing. */
      readonly space: readonly { readonly mountpoint: string; readonly available: number; readonly needed: number }[];
      readonly openFolder: OpenFolder | null;
    };

/** Looks at nodes as targets. Never changes anything. */
export interface FitnessOfNodes {
  fitness(
    access: NodeAccess,
    archives: readonly WantedFile[],
    registryAddress: string,
    signal: AbortSignal,
  ): Promise<Fitness>;
}
