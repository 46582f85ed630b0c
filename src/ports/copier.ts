import type { NodeAccess } from '../domain/cluster/facts.ts';
import type { CopyStep } from '../domain/plan/step.ts';

/** Copies an archive from the bootstrap node to a target: exact, verified, resumable. */
export interface Copier {
  /** Compares archives ahead of time, while people read the plan; optional. Changes nothing; throws only when aborted. */
  prepare(steps: readonly CopyStep[], signal: AbortSignal): Promise<void>;
  /** Runs the step's commands around the transfer; throws CommandFailed, Unreachable or `not-confirmed`. */
  copy(
    step: CopyStep,
    access: NodeAccess,
    onProgress: (progress: CopyProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Bytes of one copy; `rate` in bytes per second over the last seconds, absent until measured. */
export interface CopyProgress {
  /** Bytes of the archive that are on the target. */
  readonly sent: number;
  /** How many of these bytes the target already had. */
  readonly saved?: number;
  readonly total: number;
  readonly rate?: number;
}

/** Verified digests of files on targets, each with the file's identity at that time. */
export interface TargetDigests {
  known(node: string, path: string): { readonly identity: string; readonly sha256: string } | null;
  /** Never fails: a lost entry only costs time. */
  remember(node: string, path: string, identity: string, sha256: string): Promise<void>;
}
