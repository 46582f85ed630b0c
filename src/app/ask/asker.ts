import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { HomeKnown } from '../../domain/questions/home/home.ts';
import type { PlanShown } from '../../domain/questions/question.ts';
import type { QuestionWish } from '../../domain/questions/questions.ts';
import type { Markup } from '../../domain/text/markup.ts';
import type { FormCluster } from '../../domain/wish/form.ts';

/** Who asks, and where. */
export interface Asker {
  readonly by: Person;
  /** Null: only the asker reads the answer, and no channel limits what it shows. */
  readonly channel: string | null;
}

/** An answer, for a surface to show in its own markup. */
export type Says = (markup: Markup) => string;

/** An answer that can be given at once, and perhaps newer ones. */
export interface Answered {
  readonly says: Says;
  /** The name of a file for the whole answer, if it has to be cut; null: it gets none. */
  readonly file: string | null;
  /** A plan to show below the words; null without one. */
  readonly plan: PlanShown | null;
  /** Waits for the next answer; null if there is nothing else to say. Null: there is none to wait for. */
  readonly later: ((signal: AbortSignal) => Promise<Answered | null>) | null;
}

/** The clusters of a form. Throws what reading the record throws. */
export type Forming = (asker: Asker) => Promise<readonly FormCluster[]>;

/** What a person's Home shows. Throws what reading the record throws. */
export type Homing = (by: Person) => Promise<HomeKnown>;

/** Answers a question; changes nothing. Throws what reading the record throws. */
export type Answering = (wish: QuestionWish, asker: Asker) => Promise<Answered | Refusal>;
