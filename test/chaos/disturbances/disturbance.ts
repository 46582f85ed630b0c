import type { ScenarioResult } from '../../../sandbox/scenario/result.ts';
import type { ChaosStage } from '../stage/chaos-stage.ts';

/** The required end of a disturbed change, and the texts that people must see. */
export type End =
  | { readonly state: 'done'; readonly shows?: readonly string[] }
  | { readonly state: 'failed' | 'refused' | 'cancelled' | 'expired'; readonly shows: readonly string[] }
  /** It failed and was undone: only what the undo's plan lists remains. */
  | { readonly state: 'undone' }
  /** The add is done, and what follows it too. `then`: the ends of the changes after it; `left`: complaints about the nodes. */
  | {
      readonly state: 'followed';
      readonly then: readonly ('done' | 'cancelled' | 'failed')[];
      readonly left: (stage: ChaosStage, result: ScenarioResult) => Promise<readonly string[]>;
    };

/** A way to disturb `add node-2`, or another request: when to strike, how to recover, and the required end. */
export interface Disturbance {
  readonly name: string;
  readonly end: End;
  /** What alice types; `add node-2` when left out. */
  readonly request?: string;
  /** Runs before the request. */
  readonly before?: (stage: ChaosStage) => Promise<void>;
  /** Runs while the plan waits for a decision. */
  readonly planned?: (stage: ChaosStage) => Promise<void>;
  /** Runs in parallel with the change: waits for its moment, strikes, and repairs the damage. */
  readonly strike?: (stage: ChaosStage) => Promise<void>;
  /** Runs after the end: what people do then (Retry from here). The required end follows from it. */
  readonly after?: (stage: ChaosStage) => Promise<void>;
  /** Slower than usual, so that runs on the cluster outlive a killed process. */
  readonly pace?: number;
  /** Cards that cannot be found again, because the bot died before it recorded where they are posted. */
  readonly lostCards?: number;
  /** Sets the clock of bot or worker. */
  readonly setsClocks?: boolean;
  /** False if recovery times are meaningless, because something else was broken as well. */
  readonly isMeasured?: boolean;
  /** Extra runs of one command that this disturbance makes necessary. */
  readonly repeats?: number;
}
