import type { PlannedCommand } from '../node-commands/command.ts';

/** What every step has. */
export interface StepShared {
  /** Unique in the plan and stable between looks, for example `copy:node-2:metalk8s-128.0.1`. */
  readonly id: string;
  /** One line for people. */
  readonly says: string;
  /** Every command that may change something, in order, as it will run. Empty for steps that only look. */
  readonly commands: readonly PlannedCommand[];
}

/** An archive as a copy step needs it. */
export interface CopiedArchive {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** An archive's ISO and the place it is mounted at. */
export interface MountedArchive {
  readonly id: string;
  readonly path: string;
  readonly mountpoint: string;
}
