import type { RightsIn } from '../policy/active-holds.ts';
import type { Markup } from '../text/markup.ts';

/** The data for an answer: the asker's permissions, one entry per cluster. */
export interface Asked {
  readonly rights: readonly RightsIn[];
}

/** A command that only reports. It needs no plan and no approval. */
export interface QuestionPlug {
  /** Words to type for it; help shows the first one. */
  readonly typed: readonly string[];
  readonly usage: (markup: Markup) => readonly string[];
  /** The private answer. */
  readonly answer: (asked: Asked, markup: Markup) => string;
}
