import type { RightsIn } from '../policy/active-holds.ts';
import type { Markup } from '../text/markup.ts';

/** What can be said to a question about what somebody may do: his rights, cluster by cluster. */
export interface Asked {
  readonly rights: readonly RightsIn[];
}

/** A question: what somebody wants to know. It needs no plan and no approval, and changes nothing. */
export interface QuestionPlug {
  /** Words that ask it, as they are typed; the first is the one that people are shown. */
  readonly typed: readonly string[];
  readonly usage: (markup: Markup) => readonly string[];
  /** The answer for the asker alone. */
  readonly answer: (asked: Asked, markup: Markup) => string;
}
