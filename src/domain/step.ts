import type { PlannedCommand } from './command.ts';

interface StepShared {
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

export interface CopyStep extends StepShared {
  readonly kind: 'copy';
  readonly node: string;
  readonly archive: CopiedArchive;
  /** Where the bytes go before the digest is right: `<path>.part-<change>`. */
  readonly part: string;
  /** An archive that will be on the target by then and may hold much of this one: what it holds is not sent. */
  readonly seed?: CopiedArchive;
}

/** An archive's ISO and the place it is mounted at. */
export interface MountedArchive {
  readonly id: string;
  readonly path: string;
  readonly mountpoint: string;
}

export interface MountStep extends StepShared {
  readonly kind: 'mount';
  readonly node: string;
  readonly archives: readonly MountedArchive[];
}

export interface SolutionsStep extends StepShared {
  readonly kind: 'solutions';
  readonly node: string;
  readonly archives: readonly MountedArchive[];
}

export interface OtherVersionStep extends StepShared {
  readonly kind: 'other-version';
  readonly node: string;
  /** The saltenv whose include the documented procedure forgets. */
  readonly saltenv: string;
}

export interface DeployStep extends StepShared {
  readonly kind: 'deploy';
  readonly node: string;
  readonly version: string;
  /** Archive ids that the registry must carry, sorted. */
  readonly carries: readonly string[];
}

export interface ReadyStep extends StepShared {
  readonly kind: 'ready';
  readonly node: string;
  /** Addresses that Endpoints must hold, exactly; sorted. */
  readonly addresses: readonly string[];
}

export interface EnginesStep extends StepShared {
  readonly kind: 'engines';
  readonly nodes: readonly string[];
  /** Addresses of the registries that every engine must list, exactly; sorted. */
  readonly addresses: readonly string[];
}

export interface VerifyStep extends StepShared {
  readonly kind: 'verify';
  readonly registries: readonly { readonly node: string; readonly address: string }[];
  readonly bootstrapAddress: string;
  readonly archives: readonly { readonly id: string; readonly sha256: string; readonly images: number }[];
  readonly engines: readonly string[];
  readonly addresses: readonly string[];
}

/** One step of a plan; all that is needed to check, do and confirm it. */
export type Step =
  | CopyStep
  | MountStep
  | SolutionsStep
  | OtherVersionStep
  | DeployStep
  | ReadyStep
  | EnginesStep
  | VerifyStep;

export type StepKind = Step['kind'];
