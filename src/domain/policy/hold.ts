import { z } from 'zod';
import { person } from '../change/approval.ts';
import type { Change } from '../change/change.ts';
import { nodesOf } from '../plan/step-shared.ts';
import { type Markup, PLAIN } from '../text/markup.ts';
import { type Data, isoTime } from '../text/shape.ts';
import { HOLD_VERBS, type HoldVerb } from './policy.ts';

/** A freeze or lock set by hand, for one node or the whole cluster (`node` is null). A freeze is always for the cluster. Unknown fields are ignored. */
export const holdSchema = z
  .object({
    verb: z.enum(HOLD_VERBS),
    node: z.string().nullable(),
    by: person,
    at: isoTime,
    /** It ends by itself then. */
    until: isoTime.exactOptional(),
    reason: z.string().exactOptional(),
  })
  .refine(({ verb, node }) => verb === 'lock' || node === null, { error: 'a freeze is of the whole cluster' });
export type Hold = Data<typeof holdSchema>;

/**
 * A stored entry that is no hold of this version: no trusted bot has signed it, or a newer version has. It stops all changes. It carries
 * nothing that its writer chose, so that no surface can show it.
 */
export interface UnreadHold {
  readonly unread: 'unsigned' | 'newer';
  /** The digest of the entry. */
  readonly entry: string;
  /** Where it is stored: a freeze, the lock of the cluster, or the lock of `node`. `other`: where no bot stores anything. Never shown. */
  readonly as: Pick<Hold, 'verb' | 'node'> | 'other';
}

/** What is stored as a freeze or lock. */
export type KeptHold = Hold | UnreadHold;

/** True for an entry that this version cannot read. */
export const isUnread = (hold: KeptHold): hold is UnreadHold => 'unread' in hold;

/** What `/registry-ha freeze|unfreeze|lock|unlock` asks for. */
export interface HoldWish {
  readonly hold: 'set' | 'lift';
  readonly verb: HoldVerb;
  readonly cluster: string;
  readonly node: string | null;
  /** The worker has named the node a short time ago. */
  readonly isKnown?: boolean;
  readonly reason?: string;
  /** Milliseconds after which a freeze or lock ends by itself; without it, somebody lifts it. */
  readonly forMs?: number;
}

/** A cluster has at most one freeze, one lock of the cluster, and one lock of each node. */
export const isSameHold = (one: Pick<Hold, 'verb' | 'node'>, other: Pick<Hold, 'verb' | 'node'>): boolean =>
  one.verb === other.verb && one.node === other.node;

/** The hold that a wish sets or lifts, if it is there. `unfreeze` lifts every entry that cannot be read, one at a time. */
export function holdMeant(wish: Pick<HoldWish, 'hold' | 'verb' | 'node'>, holds: readonly KeptHold[]): KeptHold | null {
  const readable = holds.find((hold) => !isUnread(hold) && isSameHold(hold, wish));
  if (readable !== undefined) return readable;
  const liftsAll = wish.hold === 'lift' && wish.verb === 'freeze';
  return (
    holds.find((hold) => isUnread(hold) && (liftsAll || (hold.as !== 'other' && isSameHold(hold.as, wish)))) ?? null
  );
}

/** Those that have not ended by themselves. */
export const inForce = (holds: readonly KeptHold[], at: Date): readonly KeptHold[] =>
  holds.filter((hold) => isUnread(hold) || hold.until === undefined || Date.parse(hold.until) > at.getTime());

/** The first hold that blocks a change of these nodes. */
export function holdOn(nodes: readonly string[], holds: readonly KeptHold[]): KeptHold | null {
  return holds.find((hold) => isUnread(hold) || hold.node === null || nodes.includes(hold.node)) ?? null;
}

/** `lab is frozen`, `node-2 is locked`. */
export const heldThing = ({ verb, node }: Pick<Hold, 'verb' | 'node'>, cluster: string): string =>
  `${node ?? `The cluster ${cluster}`} is ${verb === 'freeze' ? 'frozen' : 'locked'}`;

/** The words after `/registry-ha` that lift it. */
export const liftOf = (hold: KeptHold): string =>
  isUnread(hold) || hold.verb === 'freeze' ? 'unfreeze' : `unlock ${hold.node ?? 'cluster'}`;

/** Who can lift it and how, or what to do first. `where`: ` in Slack`. */
export function waysOut(hold: KeptHold, where = ''): string {
  if (!isUnread(hold)) return `${hold.by.name} or an approver can lift it${where}: /registry-ha ${liftOf(hold)}`;
  return hold.unread === 'newer'
    ? 'Update this version first, to see who set it and why.'
    : 'First find out who can write to Redis besides the bot and the workers.';
}

/** The reason of a refusal for it. */
export const refusedBy = (hold: KeptHold): 'frozen' | 'locked' =>
  isUnread(hold) || hold.verb === 'freeze' ? 'frozen' : 'locked';

/** `node-2 is locked by alice since 2026-11-22 10:00 UTC: “new disk”.` */
export function holdInWords(hold: KeptHold, cluster: string, markup: Markup = PLAIN): string {
  if (isUnread(hold)) return unreadInWords(hold, cluster, markup);
  const { text, person, moment } = markup;
  const why = hold.reason === undefined ? '' : `: “${text(hold.reason)}”`;
  const end = hold.until === undefined ? '' : ` until ${moment(hold.until)}`;
  return `${text(heldThing(hold, cluster))} by ${person(hold.by)} since ${moment(hold.at)}${end}${why}.`;
}

/** Shows nothing of the entry: its node, name and reason may be words of an attacker. */
function unreadInWords({ unread }: UnreadHold, cluster: string, { text, code }: Markup): string {
  const what = unread === 'newer' ? 'was written by a newer version of registry-ha' : 'is not signed by a trusted bot';
  return `A freeze or lock of the cluster ${text(cluster)} ${what}, so it is unknown who set it and why. It stops all changes until an approver lifts it: ${code('/registry-ha unfreeze')}.`;
}

/** Every node that the change is known to touch, including nodes whose container engine restarts. */
export function touchedNodes({ intent, plan }: Pick<Change, 'intent' | 'plan'>): readonly string[] {
  return [
    ...new Set([
      ...intent.nodes,
      ...(plan?.approved.intent.nodes ?? []),
      ...(plan?.approved.steps ?? []).flatMap(nodesOf),
    ]),
  ];
}
