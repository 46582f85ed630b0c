import type { StepsByKind } from '../../steps/kinds.ts';

export type { CopiedArchive, MountedArchive } from './step-shared.ts';

/** One step of a plan; all that is needed to check, do and confirm it. Its kinds are the files of src/steps/kinds. */
export type Step = StepsByKind[keyof StepsByKind];

export type StepKind = Step['kind'];

/** The step of one kind, or of some. */
export type StepOf<K extends StepKind> = Extract<Step, { readonly kind: K }>;

export type CopyStep = StepOf<'copy'>;
