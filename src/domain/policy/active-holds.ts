import type { Change } from '../change/change.ts';
import { type Markup, PLAIN } from '../text/markup.ts';
import { type Hold, heldThing, holdInWords, holdOn, touchedNodes } from './hold.ts';
import type { RightsInCluster } from './rights.ts';
import type { PlannedFreeze } from './time.ts';

/** What keeps changes of a cluster from starting: by hand, and by the policy file. */
export interface ActiveHolds {
  readonly holds: readonly Hold[];
  readonly freeze: PlannedFreeze | null;
}

/** Nothing is in the way. */
export const NOTHING_HELD: ActiveHolds = { holds: [], freeze: null };

/** What a person may do with a cluster in a channel, and what is in the way of everybody. */
export interface RightsIn extends RightsInCluster, ActiveHolds {
  readonly cluster: string;
}

/** Everything that keeps changes of the cluster from starting, each with who, since when and why. */
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

/** The first thing that keeps this very change from starting; empty when there is none. */
export function inTheWay(change: Change, { holds, freeze }: ActiveHolds, markup: Markup): string {
  const hold = holdOn(touchedNodes(change), holds);
  const [line] = activeHoldLines(change.intent.cluster, { holds: hold === null ? [] : [hold], freeze }, markup);
  return line ?? '';
}

/** What everybody in the channel reads when a hold was set. */
export function holdSet(hold: Hold, cluster: string, markup: Markup): string {
  const lift = hold.verb === 'freeze' ? 'unfreeze' : `unlock ${hold.node ?? 'cluster'}`;
  return `${holdInWords(hold, cluster, markup)}\n${stopped(hold, markup)}. An approved change that has not started loses its approval. Running changes continue, and ${markup.strong('Cancel')} and ${markup.strong('Deny')} still work. To lift it: ${markup.code(`/registry-ha ${lift}`)}`;
}

/** What everybody in the channel reads when a hold was lifted. */
export const holdLifted = (hold: Hold, cluster: string, by: Hold['by'], { text, person }: Markup): string =>
  `${text(heldThing(hold, cluster)).replace(' is ', ' is no longer ')}: ${person(by)} lifted what ${person(hold.by)} had set.`;

/** A lock of a node stops more than what names the node, and the bot cannot see the cluster. */
function stopped({ node }: Hold, { text }: Markup): string {
  if (node === null) return 'No change can be requested, approved or retried now';
  const name = text(node);
  return `No change that names ${name} can be requested now, and no plan that touches it can be approved or retried. Nearly every add touches it, because it restarts the container engines of all nodes. The bot cannot check that ${name} exists`;
}
