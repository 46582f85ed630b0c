import type { Refusal } from '../answers/refusal.ts';
import type { Intent } from '../plan/intent.ts';
import type { Plan } from '../plan/plan.ts';
import type { Markup } from '../text/markup.ts';
import type { CommandContext } from '../typed/cluster.ts';
import type { Word } from '../typed/tokenize.ts';

/** A plan that an answer shows, and the change that it is for. */
export interface PlanShown {
  readonly intent: Intent;
  readonly plan: Plan;
}

/** A command that only reports: it needs no plan and no approval. `Ask` is what was typed, `Known` what the answer is made from. */
export interface QuestionPlug<Ask, Known> {
  /** Words to type for it; help shows the first one. */
  readonly typed: readonly string[];
  readonly usage: (markup: Markup) => readonly string[];
  /** Parses the words behind the question. */
  readonly parse: (words: readonly Word[], context: CommandContext) => Ask | Refusal;
  /** The private answer. */
  readonly answer: (known: Known, markup: Markup) => string;
  /** The name of the file that has the whole answer, if it is too long for a message. Without it, there is no file. */
  readonly file?: (known: Known) => string;
  /** The plan to show below the answer; null if it has none. */
  readonly plan?: (known: Known) => PlanShown | null;
}
