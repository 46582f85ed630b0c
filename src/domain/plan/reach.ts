import type { Step, StepKind } from './step.ts';

/** What a plan may disturb: the registries and engines of the whole cluster, or only files on its own nodes that nothing uses. */
export type Reach = 'cluster' | 'files';

const ON_FILES: ReadonlySet<StepKind> = new Set(['copy', 'remove-copy', 'prove-deleted']);

/** The reach of these steps, or of what they left. */
export const reachOf = (steps: readonly Step[]): Reach =>
  steps.length > 0 && steps.every(({ kind }) => ON_FILES.has(kind)) ? 'files' : 'cluster';
