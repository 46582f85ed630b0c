import type { Change } from '../change/change.ts';
import { type Markup, PLAIN } from '../text/markup.ts';
import {
  type Hold,
  type HoldWish,
  heldThing,
  holdInWords,
  holdOn,
  isUnread,
  type KeptHold,
  liftOf,
  touchedNodes,
} from './hold.ts';
import type { RightsInCluster } from './rights.ts';
import type { PlannedFreeze } from './time.ts';

/** What blocks new starts in a cluster: holds set by hand, and a freeze in the policy file. */
export interface ActiveHolds {
  readonly holds: readonly KeptHold[];
  readonly freeze: PlannedFreeze | null;
  /** ISO time at which a change starts that is approved now, because its window opens only then; left out: at once. */
  readonly opens?: string;
  /** For what an approved change is held back, as sentences; left out: for nothing. */
  readonly heldBack?: string;
  /** True if the policy lets somebody approve this change alone. */
  readonly mayBreakGlass?: boolean;
}

export const NOTHING_HELD: ActiveHolds = { holds: [], freeze: null };

/** A person's permissions for a cluster in a channel, and what blocks everyone. */
export interface RightsIn extends RightsInCluster, ActiveHolds {
  readonly cluster: string;
}

/** One line for each freeze and lock: who set it, when and why. */
export function activeHoldLines(
  cluster: string,
  { holds, freeze }: ActiveHolds,
  markup: Markup = PLAIN,
): readonly string[] {
  const { text, moment } = markup;
  const planned =
    freeze === null
      ? []
      : [`The cluster ${text(cluster)} is frozen by the policy until ${moment(freeze.to)}: “${text(freeze.reason)}”.`];
  return [...planned, ...holds.map((hold) => holdInWords(hold, cluster, markup))];
}

/** The first freeze or lock that blocks this change, or else the window that delays it; empty when there is none. */
export function inTheWay(change: Change, { holds, freeze, opens }: ActiveHolds, markup: Markup): string {
  const hold = holdOn(touchedNodes(change), holds);
  const [line] = activeHoldLines(change.intent.cluster, { holds: hold === null ? [] : [hold], freeze }, markup);
  if (line !== undefined || opens === undefined) return line ?? '';
  return windowOpens(opens, markup);
}

/** For a plan that is approved outside the maintenance windows. */
export const windowOpens = (opens: string, { moment }: Pick<Markup, 'moment'>): string =>
  `Its maintenance window opens ${moment(opens)}. Approved before that, it starts then.`;

/** The wish for a hold, as far as its message needs it. */
type HoldSet = Pick<HoldWish, 'cluster' | 'isKnown'>;

/** The message to the channel when a freeze or lock is set. */
export function holdSet(hold: Hold, { cluster, isKnown = false }: HoldSet, markup: Markup): string {
  return `${holdInWords(hold, cluster, markup)}\n${stopped(hold, markup)}.${isKnown || hold.node === null ? '' : ` The bot cannot check that ${markup.text(hold.node)} exists.`} An approved change that has not started loses its approval. Running changes continue, and ${markup.strong('Cancel')} and ${markup.strong('Deny')} still work. ${hold.until === undefined ? 'To lift it:' : 'It ends by itself. To lift it before:'} ${markup.code(`/registry-ha ${liftOf(hold)}`)}`;
}

/** The message to the channel when a freeze or lock is lifted. */
export function holdLifted(hold: KeptHold, cluster: string, by: Hold['by'], { text, person }: Markup): string {
  if (isUnread(hold))
    return `${person(by)} lifted a freeze or lock of the cluster ${text(cluster)} that the bot could not read.`;
  return `${text(heldThing(hold, cluster)).replace(' is ', ' is no longer ')}: ${person(by)} lifted the ${hold.verb} of ${person(hold.by)}.`;
}

/** A node lock also blocks plans that only touch the node. */
function stopped({ node }: Hold, { text }: Markup): string {
  if (node === null) return 'Nobody can request, approve or retry a change now';
  const name = text(node);
  return `Nobody can request a change that names ${name}, or approve or retry a plan that touches it. Nearly every add touches it, because it restarts the container engines of all nodes`;
}
