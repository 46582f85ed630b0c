import { VERB_NAMES } from '../plan/intent.ts';
import type { Question } from './questions.ts';

/** The questions that a command on the bootstrap node answers by itself, without Slack and Redis. */
export const HERE = [
  'status',
  'verify',
  'plan',
  'changes',
  'show',
  'log',
  'history',
] as const satisfies readonly Question[];

export type HereQuestion = (typeof HERE)[number];

const typedAs = (words: readonly string[]): RegExp =>
  new RegExp(`(?<![\\w.])/registry-ha (?=(?:${words.join('|')})\\b)`, 'g');

const TYPED = typedAs(HERE);
const TYPED_WITH_CHANGES = typedAs([...HERE, ...VERB_NAMES]);

/** A text about Slack's commands, with those that a terminal has as they are typed there. */
export const asTypedHere = (text: string): string => text.replaceAll(TYPED, 'registry-ha ');

/** A text whose way out may be another change: with those as they are typed on a terminal, too. */
export const wayOutAsTypedHere = (text: string): string => text.replaceAll(TYPED_WITH_CHANGES, 'registry-ha ');
