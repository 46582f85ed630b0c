import type { FailureReport } from '../domain/answers/failure-report.ts';
import type { Refusal } from '../domain/answers/refusal.ts';
import type { ChangeId } from '../domain/change/change.ts';
import { wayOutAsTypedHere } from '../domain/questions/here.ts';

/** Exit codes of every command on the terminal; docs/terminal.md lists them. */
const EXIT = { done: 0, failed: 1, refused: 2, usage: 3, busy: 4, left: 130 } as const;

/** An answer. `isWell` is false if what was asked for is not so, such as HA that does not hold. */
export interface AnsweredHere {
  readonly is: 'answered';
  readonly text: string;
  /** A whole file instead of the text, byte for byte, where the output is no terminal. */
  readonly file?: string;
  /** Words beside the answer, which are no part of it. */
  readonly note?: string;
  readonly json: object;
  readonly isWell: boolean;
}

/** How a command on the terminal ends. */
export type Outcome =
  | AnsweredHere
  /** `text`: everything that is said, if that is more than the refusal. */
  | { readonly is: 'refused'; readonly refusal: Refusal; readonly text?: string }
  | { readonly is: 'usage'; readonly refusal: Pick<Refusal, 'says' | 'tryNext'> }
  | { readonly is: 'failed'; readonly failure: FailureReport }
  | { readonly is: 'busy'; readonly change: ChangeId }
  /** A person has ended the command; null: nothing goes on without it. */
  | { readonly is: 'left'; readonly change: ChangeId | null };

export function exitCodeOf(outcome: Outcome): number {
  if (outcome.is !== 'answered') return EXIT[outcome.is];
  return outcome.isWell ? EXIT.done : EXIT.failed;
}

/** The outcome in words, unchecked for characters that steer a terminal. */
export function inWords(outcome: Outcome): string {
  switch (outcome.is) {
    case 'answered':
      return outcome.text;
    case 'refused':
    case 'usage': {
      if ('text' in outcome && outcome.text !== undefined) return outcome.text;
      return refusalInWords(outcome.refusal);
    }
    case 'failed': {
      const { where, what, next } = outcome.failure;
      return `${where}: ${what} ${next}`;
    }
    case 'busy':
      return busyInWords(outcome.change);
    case 'left':
      return leftInWords(outcome.change);
  }
}

const refusalInWords = ({ says, tryNext = '' }: Pick<Refusal, 'says' | 'tryNext'>): string =>
  wayOutAsTypedHere(`${says} ${tryNext}`.trimEnd());

const busyInWords = (change: ChangeId): string =>
  `The worker carries out ${change} now. Nothing was started. Run the command again when it has ended: registry-ha show ${change}`;

const leftInWords = (change: ChangeId | null): string =>
  change === null
    ? 'Nothing was started.'
    : `${change} goes on without this command. To see it: registry-ha show ${change}. To stop it: registry-ha cancel ${change}`;

/** The outcome as data. Fields are only added; `v` grows if one changes its meaning. */
export function asJson(outcome: Outcome): object {
  switch (outcome.is) {
    case 'answered':
      return { v: 1, is: 'answered', ...outcome.json };
    case 'refused':
      return { v: 1, is: 'refused', refused: outcome.refusal.refused, says: refusalInWords(outcome.refusal) };
    case 'usage':
      return { v: 1, is: 'usage', says: inWords(outcome) };
    case 'failed':
      return { v: 1, is: 'failed', ...outcome.failure };
    case 'busy':
      return { v: 1, is: 'busy', change: outcome.change, says: inWords(outcome) };
    case 'left':
      return { v: 1, is: 'left', change: outcome.change, says: inWords(outcome) };
  }
}
