import type { NodeAccess } from '../domain/cluster/facts.ts';
import type { CopyStep } from '../domain/plan/step.ts';

/** Copies an archive from the bootstrap node to a target: exact, verified, resumable. */
export interface Copier {
  /**
   * Works out ahead of time what these copies need to know of the bootstrap node's archives, while people read the plan. Changes
   * nothing anywhere; a copy that was not prepared does the same, later. Throws only when the signal ends it.
   */
  prepare(steps: readonly CopyStep[], signal: AbortSignal): Promise<void>;
  /** Runs the step's commands around the transfer; throws CommandFailed, Unreachable or NotConfirmed. */
  copy(
    step: CopyStep,
    access: NodeAccess,
    onProgress: (progress: CopyProgress) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

/** Bytes of one copy; `rate` in bytes per second over the last seconds, absent before it was measured. */
export interface CopyProgress {
  /** Bytes of the archive that are on the target. */
  readonly sent: number;
  /** Those of them that did not have to be sent, because the target held them already. */
  readonly saved?: number;
  readonly total: number;
  readonly rate?: number;
}

/** Digests of files on targets that somebody has proven, each with the identity of the file at that moment. */
export interface TargetDigests {
  known(node: string, path: string): { readonly identity: string; readonly sha256: string } | null;
  /** Keeps it; that it could not be kept costs time only. */
  remember(node: string, path: string, identity: string, sha256: string): Promise<void>;
}
