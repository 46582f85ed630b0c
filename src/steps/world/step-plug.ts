import type { z } from 'zod';
import type { Drilled, Proof } from '../../domain/change/change.ts';
import type { SeenPart } from '../../domain/plan/plan.ts';
import type { StepShared } from '../../domain/plan/step-shared.ts';
import type { Finding, StepRuns, StepWorld } from './step-world.ts';

/** The implementation of one kind of step. Every part is required. */
export interface StepPlug<S extends StepShared> {
  /** Parses such a step from a record. */
  readonly schema: z.ZodType<S> & z.core.$ZodTypeDiscriminable;
  /** Several steps of the kind as one line of a card; `where` is a node's name, or the number of nodes. */
  readonly title: (where: string, steps: number) => string;
  /** Seconds that such a step takes on a fast and on a slow cluster; estimates from experience, not measurements. */
  readonly seconds: (step: S) => SeenPart['estimate'];
  /** When a cancel takes effect: at any moment, or only where the step calls `throwIfCancelled`. */
  readonly cancel: 'anywhere' | 'where-it-asks';
  /** Whether it waits for state runs of others before it acts: Salt runs one at a time on a node. */
  readonly waitsForSalt: boolean;
  /** What adjacent steps belong to that run in parallel on different nodes; null: the step runs alone. */
  readonly atOnce: Together | null;
  /** Removes the worker's own files from the node, once the step is recorded as done. */
  readonly forget: (step: S, runs: StepRuns, signal: AbortSignal) => Promise<void>;
  /** Whether the work is already done. Changes nothing. */
  readonly check: (step: S, world: StepWorld, signal: AbortSignal) => Promise<Finding<Proof | undefined>>;
  /** Does the work; may return a note for the thread, and what only the action knows of the proof. */
  readonly act: (step: S, world: StepWorld, signal: AbortSignal) => Promise<void> | Promise<string> | Promise<Acted>;
  /** Whether the work is done now. Changes nothing. */
  readonly confirm: (step: S, world: StepWorld, signal: AbortSignal) => Promise<Finding<Proof | undefined>>;
}

/** What an action did. */
export interface Acted {
  readonly note: string;
  readonly drilled: Drilled;
}

/** Steps that run at the same time on different nodes. */
export interface Together {
  /** For the plan: these “at the same time”. */
  readonly says: string;
  /** True if they share the bootstrap node's network, so that together they take as long as one after another. */
  readonly sharesNetwork: boolean;
}

/** `forget` of steps that leave nothing. */
export const nothingToForget = async (): Promise<void> => undefined;

/** Defaults of most kinds: sequential, cancelled only where they check, behind state runs of others, and no files left. */
export const RUNS_ALONE = {
  cancel: 'where-it-asks',
  waitsForSalt: true,
  atOnce: null,
  forget: nothingToForget,
} as const;

/** Defaults of steps that change nothing: a cancel may end them at any moment. */
export const ONLY_READS = { ...RUNS_ALONE, cancel: 'anywhere', waitsForSalt: false } as const;

/** Defaults of steps that take something away from one node, once its registry is out of service. */
export const TAKES_AWAY = {
  ...RUNS_ALONE,
  atOnce: { says: 'removals on different nodes', sharesNetwork: false },
} as const;
