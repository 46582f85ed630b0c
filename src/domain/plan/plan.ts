import type { HostKey, NodeAccess } from '../cluster/facts.ts';
import type { Intent } from './intent.ts';
import type { Step } from './step.ts';

/** An archive as the card shows it. */
export interface PlannedArchive {
  readonly id: string;
  readonly kind: 'metalk8s' | 'solution';
  readonly version: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly images: number;
}

/** Bytes that copies need on one file system of a target. */
export interface PlannedSpace {
  readonly node: string;
  readonly mountpoint: string;
  readonly needed: number;
  readonly available: number;
}

/**
 * A plan is data: shown, digested, approved, run. `approved` is the part that the digest covers and that a later look must find
 * again; `seen` is what was true at that moment and may change without harm.
 */
export interface Plan {
  readonly v: 1;
  readonly approved: ApprovedPart;
  readonly seen: SeenPart;
}

/** A plan before it is known how long its steps may take: all that a planner decides. */
export interface UntimedPlan extends Omit<Plan, 'seen'> {
  readonly seen: Omit<SeenPart, 'estimate'>;
}

export interface ApprovedPart {
  readonly change: string;
  readonly intent: Intent;
  readonly version: string;
  readonly saltenv: string;
  readonly archives: readonly PlannedArchive[];
  /** Approving the plan pins those seen for the first time. */
  readonly hostKeys: readonly { readonly node: string; readonly key: Omit<HostKey, 'pinned'> }[];
  /** How each node is reached that the plan works on: user, key, address. */
  readonly access: readonly NodeAccess[];
  readonly steps: readonly Step[];
  readonly sideEffects: readonly string[];
}

export interface SeenPart {
  readonly at: string;
  /** What the version guard found, in sentences. */
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
  /** Files that are on a target already, byte for byte. */
  readonly already: readonly { readonly node: string; readonly path: string }[];
  readonly space: readonly PlannedSpace[];
  /** Nodes whose SSH host key is seen for the first time. */
  readonly newHostKeys: readonly string[];
  /** Seconds, a range. */
  readonly estimate: { readonly from: number; readonly to: number };
}
