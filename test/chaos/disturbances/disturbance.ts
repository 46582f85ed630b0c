import type { ChaosStage } from '../stage/chaos-stage.ts';

/** How a disturbed change must end, and what people must be able to read then. */
export type End =
  | { readonly state: 'done'; readonly shows?: readonly string[] }
  | { readonly state: 'failed' | 'refused' | 'cancelled' | 'expired'; readonly shows: readonly string[] }
  /** It has failed, and an undo of it has been done: nothing is left but what the undo's plan says. */
  | { readonly state: 'undone' };

/** A way to disturb `add node-2`, when to strike, how to recover, and the end that is due. */
export interface Disturbance {
  readonly name: string;
  readonly end: End;
  /** Before anybody asks. */
  readonly before?: (stage: ChaosStage) => Promise<void>;
  /** The plan is on the card, and nobody has decided. */
  readonly planned?: (stage: ChaosStage) => Promise<void>;
  /** Runs beside the whole change, waits for its moment, strikes, and mends what it broke. */
  readonly strike?: (stage: ChaosStage) => Promise<void>;
  /** After the end has come: what people do then (Retry from here), and the end that follows from it. */
  readonly after?: (stage: ChaosStage) => Promise<void>;
  /** Slower than usual, so that what runs on the cluster outlives what is killed. */
  readonly pace?: number;
  /** Cards that nobody can find again, because the bot died before it could note where they hang. */
  readonly lostCards?: number;
  /** It sets the clock of bot or worker. */
  readonly setsClocks?: boolean;
  /** False: its recovery times say nothing, because something else was broken meanwhile. */
  readonly isMeasured?: boolean;
  /** Runs of one command beyond the first that this disturbance makes necessary. */
  readonly repeats?: number;
}
