import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import type { KubeFacts } from '../../cluster/facts.ts';
import type { IntentOf } from '../../plan/intent.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import { type CommandContext, clusterFrom } from '../../typed/cluster.ts';
import { suggested } from '../../typed/example.ts';
import { detailsIn, type TypedWords } from '../../typed/flags.ts';
import { nodesFrom } from '../../typed/nodes.ts';
import { plainWord } from '../../typed/plain.ts';
import { ORDINARY, type VerbPlug } from '../verb.ts';
import { planSync } from './plan.ts';
import { syncUsage, syncWords } from './words.ts';

/** `sync [NODE…|all]`: brings registries to what the bootstrap node serves. */
export const sync: VerbPlug<'sync'> = {
  ...ORDINARY,
  usage: syncUsage,
  takes: 'NODE',
  valued: ['--engines'],
  parse,
  form: { label: 'Sync registries', on: 'nodes-with-registry', withoutNodes: 'Choose none to sync every registry.' },
  // It is never undone.
  notesBefore: false,
  settle,
  asksForCopies: true,
  searchFor: ({ copies }) => ({ others: copies }),
  plan: (intent, { facts, copies, when }) => planSync(intent, facts, copies, when),
  words: syncWords,
};

/** Typed instead of names: every registry. */
const ALL = 'all';

function parse(words: TypedWords, context: CommandContext): ChangeWish | Refusal {
  const cluster = clusterFrom(words.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const nodes = nodesOrAll(words.plain, cluster, context);
  if (isRefusal(nodes)) return nodes;
  const details = detailsIn(words);
  return isRefusal(details) ? details : { is: 'change', intent: { verb: 'sync', cluster, nodes, ...details } };
}

function nodesOrAll(typed: readonly string[], cluster: string, context: CommandContext): readonly string[] | Refusal {
  const isAll = typed.some((word) => plainWord(word).toLowerCase() === ALL);
  if (!isAll && typed.length > 0) return nodesFrom(typed, 'sync', cluster, context, true);
  if (!isAll || typed.length === 1) return [];
  return refuse(
    'bad-command',
    'The command names both nodes and “all”.',
    `For example: /registry-ha ${suggested('sync', context)} all`,
  );
}

/** Without names, every registry beside the bootstrap's. If there is none, only the engines can be wrong. */
function settle(intent: IntentOf<'sync'>, { nodes, registries }: KubeFacts): IntentOf<'sync'> {
  if (intent.nodes.length > 0) return intent;
  const extra = nodes
    .filter(({ name, roles }) => !roles.includes('bootstrap') && registries.some(({ node }) => node === name))
    .map(({ name }) => name);
  return { ...intent, nodes: extra };
}
