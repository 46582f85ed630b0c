import type { Change } from '../../domain/change/change.ts';
import type { Doubt } from '../../domain/change/record-entry.ts';
import { count } from '../../domain/text/format.ts';
import type { Drawing } from '../text/blocks.ts';
import { context, header, section } from '../text/blocks.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { whose } from './card-head.ts';
import type { Reply } from './replies.ts';
import { aim } from './status.ts';

/** What a card and its thread say of a record that nobody acts on (mrkdwn). */
interface DoubtWords {
  readonly title: string;
  /** The title again, where it begins the notification's text, and a reply. */
  readonly cry: string;
  readonly lead: string;
  readonly what: string;
  readonly effect: string;
  readonly toDo: string;
  /** What can be said of the change, when its request is not in doubt. */
  readonly known: string;
}

/** The card of a record that nobody acts on: what is wrong, what to do, and nothing that can be pressed. */
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

/** Told once in the thread; the channel sees only what may be an attack. */
export function doubtReply(change: Change, { is, entries }: Doubt): Reply {
  const { lead, what, toDo } = WORDS[is](change, entries);
  const text = cut(`${MARKS[is]} ${escaped(change.id)}: ${lead} ${what} ${toDo}`, TEXT_LIMIT);
  return { name: is === 'unsigned' ? 'unproven' : 'newer-version', text, broadcast: is === 'unsigned' };
}

const MARKS = { unsigned: ':red_circle:', newer: ':large_yellow_circle:' } as const;

const WORDS: Readonly<Record<Doubt['is'], (change: Change, entries: readonly number[]) => DoubtWords>> = {
  unsigned: (change, entries) => ({
    title: 'Do not believe this record',
    cry: 'DO NOT BELIEVE THIS RECORD.',
    lead: 'do not believe its record.',
    what: `Nobody who may write for cluster ${escaped(change.intent.cluster)} has signed ${named(entries)} of this record in Redis.`,
    effect:
      'What stands there is not shown, and something true may be missing in its place. Nothing can be decided here any more.',
    toDo: [
      `on the bootstrap node of ${escaped(change.intent.cluster)}, ${code(`registry-ha journal show ${change.id}`)} tells what was really approved and done.`,
      'Find out who else writes to Redis; then ask for the change again.',
      'If a key of the worker or the bot was exchanged just now, name the former one, too.',
    ].join(' '),
    known: `What is signed: ${escaped(aim(change))}; ${change.state}.`,
  }),
  newer: (change, entries) => ({
    title: 'Written by a newer version',
    cry: 'not shown.',
    lead: 'not shown.',
    what: `A newer version of registry-ha has written ${named(entries)} of this record, and this bot cannot read it.`,
    effect: 'Nothing can be decided here until the bot is updated.',
    toDo: 'update the bot to the version of the worker and of the other bots. The card then shows the change.',
    known: `What was requested: ${escaped(aim(change))}.`,
  }),
};

/** Places that are named one by one. */
const NAMED = 5;

function named(entries: readonly number[]): string {
  const more = entries.length > NAMED ? ` and ${entries.length - NAMED} more` : '';
  return `${count(entries.length, 'entry', 'entries')} (${entries.slice(0, NAMED).join(', ')}${more})`;
}
