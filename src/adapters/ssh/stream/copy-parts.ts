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

/** The parts of a copier; the optional parts only make it faster or limit it. */
export interface CopierParts {
  readonly shell: NodeShell;
  readonly bootstrap: Pick<BootstrapNode, 'read' | 'sha256'> & Partial<ArchiveFiles>;
  readonly clock: Clock;
  /** Sends archives; the built-in client is the fallback. */
  readonly openSsh?: OpenSsh;
  /** Cache of verified digests of targets' files. */
  readonly digests?: TargetDigests;
  /** Limits bytes per second for all copies together. */
  readonly rateCap?: RateCap;
  /** Maximum number of concurrent copies. */
  readonly atATime?: number;
  /** Reads each copy back from the target's disk. */
  readonly strict?: boolean;
}

/** One copy in progress. */
export interface Copy extends CopierParts {
  readonly step: CopyStep;
  readonly access: NodeAccess;
  readonly pace: CopyPace;
  readonly recipes: Recipes;
  /** Seeding failed once, so this copy sends everything. */
  readonly seedFailed: { is: boolean };
  readonly signal: AbortSignal;
}
