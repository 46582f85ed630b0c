import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { QuestionWish } from '../../domain/questions/questions.ts';
import type { Markup } from '../../domain/text/markup.ts';

/** Who asks, and where. */
export interface Asker {
  readonly by: Person;
  readonly channel: string;
}

/** An answer, for a surface to show in its own markup. */
export type Says = (markup: Markup) => string;

/** Answers a question; changes nothing. Throws what reading the record throws. */
export type Answering = (wish: QuestionWish, asker: Asker) => Promise<Says | Refusal>;
