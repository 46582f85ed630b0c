import { type ActiveHolds, MOVING } from '../../app/ask/rights.ts';
import type { Change } from '../../domain/change/change.ts';
import { type Hold, heldThing, holdOn, touchedNodes } from '../../domain/policy/hold.ts';
import { escaped } from '../text/foreign-text.ts';
import { moment, person } from '../text/names.ts';

/** `node-2 is locked by @alice since … : “new disk”.` */
export function holdLine(hold: Hold, cluster: string): string {
  const why = hold.reason === undefined ? '' : `: “${escaped(hold.reason)}”`;
  return `${escaped(heldThing(hold, cluster))} by ${person(hold.by)} since ${moment(hold.at)}${why}.`;
}

/** Everything that keeps changes of the cluster from starting, each with who, since when and why. */
export function activeHoldLines(cluster: string, { holds, freeze }: ActiveHolds): readonly string[] {
  const planned =
    freeze === null
      ? []
      : [
          `The cluster ${escaped(cluster)} is frozen by the policy until ${moment(freeze.to)}: “${escaped(freeze.reason)}”.`,
        ];
  return [...planned, ...holds.map((hold) => holdLine(hold, cluster))];
}

/** The first thing that keeps this very change from starting; empty when there is none. */
export function inTheWay(change: Change, { holds, freeze }: ActiveHolds = MOVING): string {
  const hold = holdOn(touchedNodes(change), holds);
  const [line] = activeHoldLines(change.intent.cluster, { holds: hold === null ? [] : [hold], freeze });
  return line ?? '';
}
