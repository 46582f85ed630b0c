import type { Answer } from '../../app/ask/answer-to.ts';
import { isOfTheRecord } from '../../domain/answers/failure.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import { holdLifted, holdSet } from '../../domain/policy/active-holds.ts';
import { questionPlug } from '../../domain/questions/questions.ts';
import { count } from '../../domain/text/format.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';
import { MRKDWN } from '../text/markup.ts';

/** Words for the person who asked, or for everybody in the channel. */
export interface Words {
  readonly to: 'asker' | 'channel';
  readonly text: string;
}

const toAsker = (text: string): Words => ({ to: 'asker', text });

/** An answer as mrkdwn; null when the card says everything. */
export function wordsOf(answer: Answer, by: Person): Words | null {
  switch (answer.is) {
    case 'on-the-card':
      return null;
    case 'refused':
      return toAsker(refusalText(answer.refusal));
    case 'vote-noted':
      return toAsker(
        `Your approval is noted: ${answer.given} of ${answer.needed}. ${count(answer.needed - answer.given, 'more person', 'more people')} must approve.`,
      );
    case 'held': {
      const { wish, hold } = answer;
      const text =
        wish.hold === 'set' ? holdSet(hold, wish.cluster, MRKDWN) : holdLifted(hold, wish.cluster, by, MRKDWN);
      return { to: 'channel', text };
    }
    case 'answered':
      return toAsker(questionPlug(answer.question).answer(answer.asked, MRKDWN));
  }
}

/** A refusal as mrkdwn: what it is, and what to do now. */
export function refusalText({ says, tryNext }: Refusal): string {
  return tryNext === undefined ? escaped(says) : `${escaped(says)}\n${escaped(tryNext)}`;
}

/** The bot must be a member of the channel to write there. */
export const INVITE = 'I cannot write in this channel. Invite me with `/invite @registry-ha`, then ask again.';

/** Something broke that nobody foresaw; the log has it. */
export const BROKEN =
  'Something went wrong in the bot; its log has the details. Check whether a card appeared or changed before you try again.';

/** What broke, as far as it concerns the record of changes; otherwise that the log has it. */
export function brokenText(error: unknown): string {
  if (!isOfTheRecord(error)) return BROKEN;
  const { what, next } = error.report();
  return cut(`${escaped(what)}\n${escaped(next)}`, TEXT_LIMIT);
}
