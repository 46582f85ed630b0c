import { z } from 'zod';
import { person } from '../change/approval.ts';
import type { Change } from '../change/change.ts';
import { nodesOf } from '../plan/step-shared.ts';
import { type Markup, PLAIN } from '../text/markup.ts';
import { type Data, isoTime } from '../text/shape.ts';
import { HOLD_VERBS, type HoldVerb } from './policy.ts';

/** A freeze or lock set by hand, for one node or the whole cluster (`node` is null). A freeze is always for the cluster. */
export const holdSchema = z
  .strictObject({
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

/** Those that have not ended by themselves. */
export const inForce = (holds: readonly Hold[], at: Date): readonly Hold[] =>
  holds.filter(({ until }) => until === undefined || Date.parse(until) > at.getTime());

/** The first hold that blocks a change of these nodes. */
export function holdOn(nodes: readonly string[], holds: readonly Hold[]): Hold | null {
  return holds.find(({ node }) => node === null || nodes.includes(node)) ?? null;
}

/** `lab is frozen`, `node-2 is locked`. */
export const heldThing = ({ verb, node }: Pick<Hold, 'verb' | 'node'>, cluster: string): string =>
  `${node ?? `The cluster ${cluster}`} is ${verb === 'freeze' ? 'frozen' : 'locked'}`;

/** The words after `/registry-ha` that lift it. */
export const liftOf = ({ verb, node }: Pick<Hold, 'verb' | 'node'>): string =>
  verb === 'freeze' ? 'unfreeze' : `unlock ${node ?? 'cluster'}`;

/** `node-2 is locked by alice since 2026-11-22 10:00 UTC: “new disk”.` */
export function holdInWords(hold: Hold, cluster: string, { text, person, moment }: Markup = PLAIN): string {
  const why = hold.reason === undefined ? '' : `: “${text(hold.reason)}”`;
  const end = hold.until === undefined ? '' : ` until ${moment(hold.until)}`;
  return `${text(heldThing(hold, cluster))} by ${person(hold.by)} since ${moment(hold.at)}${end}${why}.`;
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
