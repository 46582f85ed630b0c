import type { Rights } from '../../app/ask/rights.ts';
import type { ChangeVerb, HoldVerb } from '../../domain/policy/policy.ts';
import { activeHoldLines } from '../parts/active-holds.ts';
import { escaped } from '../text/foreign-text.ts';
import { firstFew } from '../text/names.ts';

/** How each verb is typed. */
const USAGE: Readonly<Record<ChangeVerb | HoldVerb, readonly string[]>> = {
  add: [
    '`/registry-ha add node-2`: shows a plan; somebody else approves it with a button; its card and thread tell how it goes.',
    '`/registry-ha add node-2 node-3 --cluster lab --reason "before the upgrade"`: several nodes, another cluster, and why.',
  ],
  undo: [
    '`/registry-ha undo lab-7f3k2q`: shows a plan that takes back what this change did before it failed or was cancelled; somebody else approves it.',
  ],
  freeze: ['`/registry-ha freeze --reason "year end"`, `unfreeze`: nothing more is started in the whole cluster.'],
  lock: [
    '`/registry-ha lock node-2 --reason "new disk"`, `unlock node-2`: no change that names the node is asked for, and no plan that does something on it is started; nearly every add does: it restarts the container engines of all nodes. `lock cluster` is for all nodes.',
  ],
};

/** What this person can type and press here, and what is in the way of everybody. */
export function helpText(rights: readonly Rights[]): string {
  const verbs = new Set(rights.flatMap(({ mayAsk, mayHold }) => [...mayAsk, ...mayHold]));
  return [
    '*Give a MetalK8s node a registry of its own*',
    ...[...verbs].flatMap((verb) => USAGE[verb]),
    ...buttons(rights),
    '`/registry-ha help`: this text.',
    ...rights.flatMap(({ cluster, ...activeHolds }) => activeHoldLines(cluster, activeHolds)),
    ...unread(rights),
  ].join('\n');
}

function buttons(rights: readonly Rights[]): readonly string[] {
  const clusters = rights.filter(({ mayApprove }) => mayApprove.length > 0).map(({ cluster }) => cluster);
  if (clusters.length > 0)
    return [`You may approve, deny and cancel changes of ${escaped(firstFew(clusters))}: press the card’s buttons.`];
  if (rights.some(({ mayAsk }) => mayAsk.length > 0))
    return ['Changes that you asked for you may deny and cancel; others approve them.'];
  return [
    'You may not ask for changes or approve them in this channel. The bot’s policy file names who may, and where.',
  ];
}

function unread(rights: readonly Rights[]): readonly string[] {
  const each = new Map(rights.flatMap((of) => of.unread).map(({ group, why }) => [group, why]));
  return [...each].map(
    ([group, why]) =>
      `The user group ${escaped(group)} could not be read (${escaped(why)}): what it would allow you is left out.`,
  );
}
