import type { CopiedArchive, MountedArchive, StepShared } from './step-shared.ts';

/** Takes the manifest of a node's registry out of kubelet's folder, and waits until the pod is gone. */
export interface WithdrawStep extends StepShared {
  readonly kind: 'withdraw';
  readonly node: string;
  readonly manifest: string;
  /** Where the manifest is kept, outside kubelet's folder. */
  readonly kept: string;
}

/** Unmounts an archive and takes its line out of /etc/fstab; only what the undone change has done of the two. */
export interface UnmountStep extends StepShared {
  readonly kind: 'unmount';
  readonly node: string;
  readonly archive: MountedArchive;
  readonly takesMount: boolean;
  readonly takesFstab: boolean;
}

/** Deletes files of the registry's configuration. */
export interface UnconfigureStep extends StepShared {
  readonly kind: 'unconfigure';
  readonly node: string;
  /** File names in the registry's configuration folder. */
  readonly files: readonly string[];
}

/** Deletes an archive that was copied, if it is still the very same, and what an interrupted copy of it has left. */
export interface RemoveCopyStep extends StepShared {
  readonly kind: 'remove-copy';
  readonly node: string;
  readonly archive: CopiedArchive;
  readonly part: string;
  /** False when another file lies at the archive's path: only the part file is deleted then. */
  readonly takesArchive: boolean;
}

/** Proves that no engine lists the registries that were taken away, and that the bootstrap's serves every image. */
export interface ProveUndoneStep extends StepShared {
  readonly kind: 'prove-undone';
  readonly gone: readonly { readonly node: string; readonly address: string }[];
  readonly bootstrapAddress: string;
  readonly archives: readonly { readonly id: string; readonly sha256: string; readonly images: number }[];
  readonly engines: readonly string[];
}

/** The steps that only an undo has. */
export type UndoStep = WithdrawStep | UnmountStep | UnconfigureStep | RemoveCopyStep | ProveUndoneStep;
