import type { z } from 'zod';
import type { Proof } from '../../domain/change/change.ts';
import type { SeenPart } from '../../domain/plan/plan.ts';
import type { StepShared } from '../../domain/plan/step-shared.ts';
import type { Finding, StepRuns, StepWorld } from './step-world.ts';

/** All that the product knows of one kind of step. No part may be left out: a new kind says each of them. */
export interface StepPlug<S extends StepShared> {
  /** Reads such a step from a record. */
  readonly schema: z.ZodType<S> & z.core.$ZodTypeDiscriminable;
  /** Several steps of the kind as one line of a card; `where` is a node's name, or how many nodes. */
  readonly title: (where: string, steps: number) => string;
  /** Seconds that such a step takes, from a quick to a slow cluster; estimates of the field, not measurements. */
  readonly seconds: (step: S) => SeenPart['estimate'];
  /** What a cancel may cut: the step at any moment, or only where the step itself asks (`throwIfCancelled`). */
  readonly cancel: 'anywhere' | 'where-it-asks';
  /** Steps of the kind next to each other run at the same time on different nodes, in these words; null: one after another. */
  readonly atOnce: string | null;
  /** Removes what the step has left on its node for our own use, once it is recorded done. */
  readonly forget: (step: S, runs: StepRuns, signal: AbortSignal) => Promise<void>;
  /** Is the work done already? Changes nothing. */
  readonly check: (step: S, world: StepWorld, signal: AbortSignal) => Promise<Finding<Proof | undefined>>;
  /** Does the work; may give a word for the thread. */
  readonly act: (step: S, world: StepWorld, signal: AbortSignal) => Promise<void> | Promise<string>;
  /** Is the work done now? Changes nothing. */
  readonly confirm: (step: S, world: StepWorld, signal: AbortSignal) => Promise<Finding<Proof | undefined>>;
}

/** `forget` of steps that leave nothing. */
export const nothingToForget = async (): Promise<void> => undefined;

/** What most kinds say of themselves: one after another, cut only where they ask, and nothing left. */
export const RUNS_ALONE = { cancel: 'where-it-asks', atOnce: null, forget: nothingToForget } as const;
