import { isLogin } from '../../domain/change/approval.ts';
import type { Change } from '../../domain/change/change.ts';
import type { CardView } from '../parts/card-view.ts';
import { approversOf } from '../text/approvals-line.ts';
import { type Block, context, header, section } from '../text/blocks.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { moment, person } from '../text/names.ts';
import { aim, shownDigest, statusOf } from './status.ts';

/** The change, its state, and its people. */
export function head(view: CardView): readonly Block[] {
  const { lead, rest } = statusOf(view);
  return [
    header(aim(view.change)),
    ...shout(view.change),
    section(`*${lead}* ${rest}`.trimEnd()),
    context(whose(view.change)),
  ];
}

/** That one person approved alone: nobody may overlook it. */
function shout({ brokenGlass }: Change): readonly Block[] {
  if (brokenGlass === undefined) return [];
  const { by, reason, at } = brokenGlass;
  const where = isLogin(by.id) ? ' at the terminal of the bootstrap node' : '';
  const who = `${person(by)} approved this alone${where}, ${moment(at)}.`;
  return [section(`:rotating_light: *Break glass*: ${who} Reason: “${escaped(reason)}”`)];
}

/** Cluster, ID, people and plan of a change, as small print. */
export function whose(change: Change): string {
  const digest = shownDigest(change);
  return [
    `Cluster ${escaped(change.intent.cluster)}`,
    `change ${code(change.id)}`,
    `${change.terminal === undefined ? 'requested' : 'from the terminal,'} by ${person(change.requester)}`,
    ...(change.intent.reason === undefined ? [] : [`reason: “${escaped(change.intent.reason)}”`]),
    ...(change.approver === undefined
      ? []
      : [`approved ${isLogin(change.approver.id) ? 'at the terminal ' : ''}by ${approversOf(change)}`]),
    ...(digest === null ? [] : [`plan ${code(digest)}`]),
  ].join(' · ');
}
