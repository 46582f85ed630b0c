import { isRefusal, type Refusal } from '../answers/refusal.ts';
import type { CommandContext } from '../typed/cluster.ts';
import type { Word } from '../typed/tokenize.ts';
import { type ChangesAsk, type ChangesKnown, changes } from './changes/changes.ts';
import { type HelpAsk, type HelpKnown, help } from './help/help.ts';
import { type HistoryAsk, type HistoryKnown, history } from './history/history.ts';
import { type LogAsk, type LogKnown, log } from './log/log.ts';
import { plan } from './plan/plan.ts';
import type { PlanAsk, PlanKnown } from './plan/view.ts';
import type { QuestionPlug } from './question.ts';
import { type ShowAsk, type ShowKnown, show } from './show/show.ts';
import { type StatusAsk, type StatusKnown, status } from './status/status.ts';
import { verify } from './verify/verify.ts';
import type { VerifyAsk, VerifyKnown } from './verify/view.ts';
import { type WhyAsk, type WhyKnown, why } from './why/why.ts';

/** What each question takes and what its answer is made from. A new question is a folder beside this file, a line here and a line below. */
interface Questions {
  readonly status: { readonly ask: StatusAsk; readonly known: StatusKnown };
  readonly plan: { readonly ask: PlanAsk; readonly known: PlanKnown };
  readonly verify: { readonly ask: VerifyAsk; readonly known: VerifyKnown };
  readonly changes: { readonly ask: ChangesAsk; readonly known: ChangesKnown };
  readonly show: { readonly ask: ShowAsk; readonly known: ShowKnown };
  readonly why: { readonly ask: WhyAsk; readonly known: WhyKnown };
  readonly log: { readonly ask: LogAsk; readonly known: LogKnown };
  readonly history: { readonly ask: HistoryAsk; readonly known: HistoryKnown };
  readonly help: { readonly ask: HelpAsk; readonly known: HelpKnown };
}

export type Question = keyof Questions;
export type AskOf<Q extends Question> = Questions[Q]['ask'];
export type KnownOf<Q extends Question> = Questions[Q]['known'];

/** Every question, in the order of the help. */
const QUESTIONS: { readonly [Q in Question]: QuestionPlug<AskOf<Q>, KnownOf<Q>> } = {
  ...{ plan, status, verify, changes, show, why, log, history },
  help,
};

/** A question as typed. */
export interface QuestionWish<Q extends Question = Question> {
  readonly is: 'question';
  readonly question: Q;
  readonly ask: AskOf<Q>;
}

const isQuestion = (word: string): word is Question => Object.hasOwn(QUESTIONS, word);

export const QUESTION_NAMES: readonly Question[] = Object.keys(QUESTIONS).filter(isQuestion);

/** The question that a typed word asks; null for any other word. */
export function questionOf(word: string): Question | null {
  return QUESTION_NAMES.find((name) => QUESTIONS[name].typed.includes(word.toLowerCase())) ?? null;
}

export function questionPlug<Q extends Question>(question: Q): QuestionPlug<AskOf<Q>, KnownOf<Q>> {
  return QUESTIONS[question];
}

/** The question with the words behind it, or a refusal. */
export function parseQuestion<Q extends Question>(
  question: Q,
  words: readonly Word[],
  context: CommandContext,
): QuestionWish<Q> | Refusal {
  const ask = questionPlug(question).parse(words, context);
  return isRefusal(ask) ? ask : { is: 'question', question, ask };
}
