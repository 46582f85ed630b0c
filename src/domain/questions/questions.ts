import { help } from './help/help.ts';
import type { QuestionPlug } from './question.ts';

/** Every question. A new one is a folder beside this file and a line here. */
const QUESTIONS = { help } satisfies Readonly<Record<string, QuestionPlug>>;

export type Question = keyof typeof QUESTIONS;

const isQuestion = (word: string): word is Question => Object.hasOwn(QUESTIONS, word);

export const QUESTION_NAMES: readonly Question[] = Object.keys(QUESTIONS).filter(isQuestion);

/** The question that a typed word asks; null for any other word. */
export function questionOf(word: string): Question | null {
  return QUESTION_NAMES.find((name) => QUESTIONS[name].typed.includes(word.toLowerCase())) ?? null;
}

export const questionPlug = (question: Question): QuestionPlug => QUESTIONS[question];
