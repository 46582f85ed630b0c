import type { Answer } from '../../app/ask/answer-to.ts';
import type { Answered } from '../../app/ask/asker.ts';
import { isOfTheRecord } from '../../domain/answers/failure.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import { holdLifted, holdSet } from '../../domain/policy/active-holds.ts';
import { isUnread } from '../../domain/policy/hold.ts';
import { count } from '../../domain/text/format.ts';
import type { Markup } from '../../domain/text/markup.ts';
import { fittingBlocks } from '../plan/fitting-blocks.ts';
import { planBlocks } from '../plan/plan-blocks.ts';
import { type Block, section } from '../text/blocks.ts';
import { ALL_BLOCKS_LIMIT, cut, TEXT_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';
import { mentions } from '../text/mentions.ts';

/** A reply for the asker alone, for the channel, or for the place of the question: there too, a slash command is answered alone. */
export interface Words {
  readonly to: 'asker' | 'place' | 'channel';
  readonly text: string;
  /** Shown instead of the text, which notifications then have. */
  readonly blocks?: readonly Block[];
}

const toAsker = (text: string): Words => ({ to: 'asker', text });

/** An answer as mrkdwn; null when the card says everything. */
export function wordsOf(answer: Exclude<Answer, { is: 'form' }>, by: Person, markup: Markup): Words | null {
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
        wish.hold === 'set' && !isUnread(hold)
          ? holdSet(hold, wish, markup)
          : holdLifted(hold, wish.cluster, by, markup);
      return { to: 'channel', text };
    }
    case 'answered':
      return answeredWords(answer, markup);
  }
}

/** The answer to a question, with its plan below the words. */
export function answeredWords({ says, plan }: Pick<Answered, 'says' | 'plan'>, markup: Markup): Words {
  const text = says(markup);
  if (plan === null) return { to: 'place', text };
  const blocks = fittingBlocks((detail) => [section(text), ...planBlocks(plan, detail)], ALL_BLOCKS_LIMIT);
  return { to: 'place', text, blocks };
}

/** A refusal as mrkdwn: the explanation, and what to do. */
export function refusalText({ says, tryNext, ask }: Refusal): string {
  const next = tryNext === undefined ? [] : [escaped(tryNext)];
  return [escaped(says), ...next, ...(ask === undefined ? [] : [`Ask ${oneOf(ask)}.`])].join('\n');
}

/** More names than this are not read. */
const NAMES = 8;

function oneOf({ users, groups }: NonNullable<Refusal['ask']>): string {
  const names = [
    ...groups.map((group) => mentions({ users: [], groups: [group] })),
    ...users.map((id) => mentions({ users: [id], groups: [] })),
  ];
  const shown = names.slice(0, NAMES);
  const more = names.length > NAMES ? ['another approver'] : [];
  return new Intl.ListFormat('en', { type: 'disjunction' }).format([...shown, ...more]);
}

/** The bot must be a member of the channel to write there. */
export const INVITE =
  'The bot cannot write in this channel. Invite it with `/invite @registry-ha`, then run the command again.';

/** The reply to an unexpected error. */
export const BROKEN =
  'The bot had an internal error. Its log has the details. Check whether a card appeared or changed before you try again.';

/** The failure of the record of changes in words; BROKEN for any other error. */
export function brokenText(error: unknown): string {
  if (!isOfTheRecord(error)) return BROKEN;
  const { what, next } = error.report();
  return cut(`${escaped(what)}\n${escaped(next)}`, TEXT_LIMIT);
}
