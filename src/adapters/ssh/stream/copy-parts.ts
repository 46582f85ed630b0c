import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import type { CopyStep } from '../../../domain/plan/step.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ArchiveFiles, BootstrapNode } from '../../../ports/cluster.ts';
import type { TargetDigests } from '../../../ports/copier.ts';
import type { NodeShell } from '../../../ports/nodes.ts';
import type { OpenSsh } from '../run/openssh.ts';
import type { CopyPace } from './copy-pace.ts';
import type { RateCap } from './rate-cap.ts';
import type { Recipes } from './recipe.ts';

/** The parts a copier works with; without the optional ones it does the same, slower. */
export interface CopierParts {
  readonly shell: NodeShell;
  readonly bootstrap: Pick<BootstrapNode, 'read' | 'sha256'> & Partial<ArchiveFiles>;
  readonly clock: Clock;
  /** Sends whole files; our own client does where there is none, and for what is not a whole file. */
  readonly openSsh?: OpenSsh;
  /** What has been proven of targets' files. */
  readonly digests?: TargetDigests;
  /** Bytes a second, all copies together. */
  readonly rateCap?: RateCap;
  /** Copies at the same time; more wait for their turn. */
  readonly atATime?: number;
  /** Reads each copy back from the target's disk. */
  readonly strict?: boolean;
}

/** One copy on its way. */
export interface Copy extends CopierParts {
  readonly step: CopyStep;
  readonly access: NodeAccess;
  readonly pace: CopyPace;
  readonly recipes: Recipes;
  /** Seeding went wrong once: what comes is a plain copy. */
  readonly seedFailed: { is: boolean };
  readonly signal: AbortSignal;
}
