import { count } from '../../domain/text/format.ts';
import type { CardView } from '../parts/card-view.ts';
import type { Drawing } from '../text/blocks.ts';
import { type Block, context, header, section } from '../text/blocks.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { whose } from './card-head.ts';
import type { Reply } from './replies.ts';
import { aim } from './status.ts';

/** A view of a record with entries that nobody who may write them has signed. */
export type UnprovenView = Pick<CardView, 'change'> & { readonly unproven: readonly number[] };

/** Places that are named one by one. */
const NAMED = 5;

/** The card of a record that is not to be believed: what is wrong, what to do, and nothing that can be pressed. */
export function unprovenCard(view: UnprovenView): Drawing {
  const { change, unproven } = view;
  const text = `${escaped(change.id)}: DO NOT BELIEVE THIS RECORD. ${whatIsWrong(view)}`;
  return {
    text: cut(text, TEXT_LIMIT),
    blocks: [
      header(`Do not believe this record: ${change.id}`),
      section(`:red_circle: *${whatIsWrong(view)}* ${CONSEQUENCE}`),
      section(`*What to do now:* ${whatToDo(view)}`),
      ...(unproven.includes(1) ? [] : whatIsSigned(view)),
    ],
  };
}

/** Told once in the thread and the channel. */
export function unprovenReply(view: UnprovenView): Reply {
  const text = `:red_circle: ${escaped(view.change.id)}: do not believe its record. ${whatIsWrong(view)} ${whatToDo(view)}`;
  return { name: 'unproven', text: cut(text, TEXT_LIMIT), broadcast: true };
}

const CONSEQUENCE =
  'What stands there is not shown, and something true may be missing in its place. Nothing can be decided here any more.';

function whatIsWrong({ change, unproven }: UnprovenView): string {
  const places = unproven.slice(0, NAMED).join(', ');
  const more = unproven.length > NAMED ? ` and ${unproven.length - NAMED} more` : '';
  const cluster = escaped(change.intent.cluster);
  return `Nobody who may write for cluster ${cluster} has signed ${count(unproven.length, 'entry', 'entries')} (${places}${more}) of this record in Redis.`;
}

const whatToDo = ({ change }: UnprovenView): string =>
  [
    `on the bootstrap node of ${escaped(change.intent.cluster)}, ${code(`registry-ha journal show ${change.id}`)} tells what was really approved and done.`,
    'Find out who else writes to Redis; then ask for the change again.',
    'If a key of the worker or the bot was exchanged just now, name the former one, too.',
  ].join(' ');

function whatIsSigned({ change }: UnprovenView): readonly Block[] {
  return [section(`What is signed: ${escaped(aim(change))}; ${change.state}.`), context(whose(change))];
}
