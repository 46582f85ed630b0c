import type { Change } from '../../domain/change/change.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';
import type { Drawing } from '../text/blocks.ts';
import { context, header, section } from '../text/blocks.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { whose } from './card-head.ts';
import { named } from './doubted-entries.ts';
import type { Reply } from './reply.ts';
import { aim } from './status.ts';

/** Texts of card and thread for a record that is not acted on (mrkdwn). */
interface DoubtWords {
  readonly title: string;
  /** The title as the start of the notification. */
  readonly cry: string;
  /** The title as the start of the reply. */
  readonly lead: string;
  readonly what: string;
  readonly effect: string;
  readonly toDo: string;
  /** What is known of the change, if its request is not in doubt. */
  readonly known: string;
}

/** The card of a record that is not acted on: what is wrong and what to do, without buttons. */
export function doubtCard(change: Change, doubt: Doubt): Drawing {
  const { title, cry, what, effect, toDo, known } = WORDS[doubt.is](change, doubt.entries);
  return {
    text: cut(`${escaped(change.id)}: ${cry} ${what}`, TEXT_LIMIT),
    blocks: [
      header(`${title}: ${change.id}`),
      section(`${MARKS[doubt.is]} *${what}* ${effect}`),
      section(`*What to do now:* ${toDo}`),
      ...(doubt.entries.includes(1) ? [] : [section(known), context(whose(change))]),
    ],
  };
}

/** Posted once in the thread. A possible attack is posted in the channel, too. */
export function doubtReply(change: Change, { is, entries }: Doubt): Reply {
  const { lead, what, toDo } = WORDS[is](change, entries);
  const text = cut(`${MARKS[is]} ${escaped(change.id)}: ${lead} ${what} ${toDo}`, TEXT_LIMIT);
  return { name: is === 'unsigned' ? 'unverified' : 'newer-version', text, broadcast: is === 'unsigned' };
}

const MARKS = { unsigned: ':red_circle:', newer: ':large_yellow_circle:' } as const;

const WORDS: Readonly<Record<Doubt['is'], (change: Change, entries: readonly number[]) => DoubtWords>> = {
  unsigned: (change, entries) => ({
    title: 'Do not believe this record',
    cry: 'DO NOT BELIEVE THIS RECORD.',
    lead: 'do not believe its record.',
    what: `This record in Redis has ${named(entries)} without a valid signature for cluster ${escaped(change.intent.cluster)}.`,
    effect:
      'The card does not show these entries, and authentic entries may be missing. You cannot decide anything on this card.',
    toDo: [
      `Run ${code(`registry-ha journal show ${change.id}`)} on the bootstrap node of ${escaped(change.intent.cluster)} to see what was really approved and done.`,
      `If you replaced a key, or restored a backup that has an older one, run ${code('registry-ha doctor bot')}: see ${code('workerKeys')} and ${code('formerKeys')} in docs/keys.md.`,
      'If not, find out who else writes to Redis, then request the change again.',
    ].join(' '),
    known: `Signed: ${escaped(aim(change))}, ${change.state}.`,
  }),
  newer: (change, entries) => ({
    title: 'Written by a newer version',
    cry: 'not shown.',
    lead: 'not shown.',
    what: `A newer version of registry-ha wrote ${named(entries)} of this record. This bot cannot read it.`,
    effect: 'You cannot decide anything on this card until the bot is updated.',
    toDo: 'Update the bot to the version of the worker and of the other bots. The card then shows the change.',
    known: `Requested: ${escaped(aim(change))}.`,
  }),
};
