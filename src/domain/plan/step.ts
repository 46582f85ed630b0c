import type { CopiedArchive, MountedArchive, StepShared } from './step-shared.ts';
import type { UndoStep } from './undo-step.ts';

export type { CopiedArchive, MountedArchive } from './step-shared.ts';

export interface CopyStep extends StepShared {
  readonly kind: 'copy';
  readonly node: string;
  readonly archive: CopiedArchive;
  /** Where the bytes go before the digest is right: `<path>.part-<change>`. */
  readonly part: string;
  /** An archive that will be on the target by then and may hold much of this one: what it holds is not sent. */
  readonly seed?: CopiedArchive;
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
  | VerifyStep
  | UndoStep;

export type StepKind = Step['kind'];
