import { count } from '../../domain/text/format.ts';
import type { CardView } from '../parts/card-view.ts';
import type { Drawing } from '../text/blocks.ts';
import { type Block, context, header, section } from '../text/blocks.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { whose } from './card-head.ts';
import type { Reply } from './replies.ts';
import { aim } from './status.ts';

/** A view of a record that has entries without a valid signature. */
export type UnprovenView = Pick<CardView, 'change'> & { readonly unproven: readonly number[] };

/** Positions of entries that the card lists. */
const NAMED = 5;

/** The card of an unverified record: what is wrong and what to do, without buttons. */
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

/** Posted once, in the thread and the channel. */
export function unprovenReply(view: UnprovenView): Reply {
  const text = `:red_circle: ${escaped(view.change.id)}: do not believe its record. ${whatIsWrong(view)} ${whatToDo(view)}`;
  return { name: 'unproven', text: cut(text, TEXT_LIMIT), broadcast: true };
}

const CONSEQUENCE =
  'The card does not show these entries, and authentic entries may be missing. You cannot decide anything on this card.';

function whatIsWrong({ change, unproven }: UnprovenView): string {
  const places = unproven.slice(0, NAMED).join(', ');
  const more = unproven.length > NAMED ? ` and ${unproven.length - NAMED} more` : '';
  const cluster = escaped(change.intent.cluster);
  const entries = count(unproven.length, 'entry', 'entries');
  return `This record in Redis has ${entries} (${places}${more}) without a valid signature for cluster ${cluster}.`;
}

const whatToDo = ({ change }: UnprovenView): string =>
  [
    `Run ${code(`registry-ha journal show ${change.id}`)} on the bootstrap node of ${escaped(change.intent.cluster)} to see what was really approved and done.`,
    'Find out who else writes to Redis, then request the change again.',
    `If you replaced a key just now, check ${code('formerKeys')}: the old public key must be there.`,
  ].join(' ');

function whatIsSigned({ change }: UnprovenView): readonly Block[] {
  return [section(`Signed: ${escaped(aim(change))}, ${change.state}.`), context(whose(change))];
}
