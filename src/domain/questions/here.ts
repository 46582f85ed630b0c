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

const TYPED = new RegExp(`(?<![\\w.])/registry-ha (?=(?:${HERE.join('|')})\\b)`, 'g');

/** A text about Slack's commands, with those that a terminal has as they are typed there. */
export const asTypedHere = (text: string): string => text.replaceAll(TYPED, 'registry-ha ');
