import { type ActiveHolds, activeHoldLines } from '../../policy/active-holds.ts';
import type { HoldVerb } from '../../policy/policy.ts';
import type { RightsInCluster } from '../../policy/rights.ts';
import { firstFew, listed } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { verbPlug } from '../../verbs/verbs.ts';
import type { QuestionPlug } from '../question.ts';
import { type HelpTroubles, troubleLines } from './troubles.ts';

/** `help` takes no words: whatever is typed behind it is ignored. */
export type HelpAsk = Readonly<Record<never, never>>;

/** The asker's permissions in some clusters, and what blocks everyone there. */
export interface RightsInClusters extends RightsInCluster, ActiveHolds {
  readonly clusters: readonly string[];
}

/** The asker's permissions, and how the other questions are typed. */
export interface HelpKnown {
  readonly rights: readonly RightsInClusters[];
  readonly questions: readonly ((markup: Markup) => readonly string[])[];
  /** Only the asker reads here. */
  readonly isPrivate: boolean;
  /** Optional features that are off, and why, as sentences. */
  readonly off: readonly string[];
  /** Channels in which the bot cannot write. */
  readonly closed: readonly string[];
  readonly troubles: HelpTroubles;
}

/** `help`: the commands and buttons that this person may use here, and every freeze and lock. */
export const help: QuestionPlug<HelpAsk, HelpKnown> = {
  typed: ['help', '--help', '-h', '?'],
  usage: ({ code }) => [`${code('/registry-ha help')} shows this text.`],
  parse: () => ({}),
  answer: ({ rights, questions, isPrivate, off, closed, troubles }, markup) =>
    [
      // First, because a long text is cut at its end.
      ...troubleLines(troubles, markup),
      markup.strong('Registries of a MetalK8s cluster: what you may do here'),
      ...form(rights, markup),
      ...changes(rights, markup),
      ...holds(rights, markup),
      ...buttons(rights, markup),
      ...questions.flatMap((usage) => usage(markup)),
      ...help.usage(markup),
      ...rights.flatMap((of) => of.clusters.flatMap((cluster) => activeHoldLines(cluster, of, markup))),
      ...unread(rights, markup),
      ...(isPrivate ? ['In direct messages, the bot answers questions only. Request changes in a channel.'] : []),
      ...off.map(markup.text),
      ...unwritable(closed, markup),
    ].join('\n'),
};

function unwritable(closed: readonly string[], { channel, code }: Markup): readonly string[] {
  if (closed.length === 0) return [];
  return [
    `The bot cannot write in ${listed(closed.map(channel))}, so cards there are out of date. If a channel is archived, restore it. Otherwise run ${code('/invite @registry-ha')} in it.`,
  ];
}

const form = (rights: readonly RightsInClusters[], { code }: Markup): readonly string[] =>
  rights.some(({ mayAsk }) => mayAsk.length > 0) ? [`${code('/registry-ha')} alone opens a form.`] : [];

const changes = (rights: readonly RightsInClusters[], markup: Markup): readonly string[] =>
  [...new Set(rights.flatMap(({ mayAsk }) => mayAsk))].flatMap((verb) => verbPlug(verb).usage(markup));

const holds = (rights: readonly RightsInClusters[], markup: Markup): readonly string[] =>
  [...new Set(rights.flatMap(({ mayHold }) => mayHold))].map((verb) => HOLD_USAGE[verb](markup));

const HOLD_USAGE: Readonly<Record<HoldVerb, (markup: Markup) => string>> = {
  freeze: ({ code }) =>
    `${code('/registry-ha freeze --reason "year end"')} stops every new start in the cluster. ${code('/registry-ha unfreeze')} lifts it; ${code('--for 2h')} ends it by itself.`,
  lock: ({ code }) =>
    `${code('/registry-ha lock node-2 --reason "new disk"')} stops changes that name the node and plans that touch it. Nearly every add touches every node, because it restarts all container engines. ${code('/registry-ha unlock node-2')} lifts it. ${code('/registry-ha lock cluster')} locks all nodes.`,
};

function buttons(rights: readonly RightsInClusters[], { text }: Markup): readonly string[] {
  const clusters = rights.filter(({ mayApprove }) => mayApprove.length > 0).flatMap((of) => of.clusters);
  if (clusters.length > 0)
    return [`You may approve, deny and cancel changes of ${text(firstFew(clusters))} with the buttons on their cards.`];
  if (rights.some(({ mayAsk }) => mayAsk.length > 0))
    return ['You may deny and cancel your own changes. Another person approves them.'];
  return [
    'You may not request or approve changes in this channel. Ask a person who is listed in the bot’s policy file.',
  ];
}

function unread(rights: readonly RightsInClusters[], { text }: Markup): readonly string[] {
  const each = new Map(rights.flatMap((of) => of.unread).map(({ group, why }) => [group, why]));
  return [...each].map(
    ([group, why]) =>
      `The user group ${text(group)} could not be read (${text(why)}). Permissions from it are not shown.`,
  );
}
