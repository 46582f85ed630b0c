import { isRefusal, type Refusal } from '../../answers/refusal.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import { type CommandContext, clusterFrom } from '../../typed/cluster.ts';
import { detailsIn, type TypedWords } from '../../typed/flags.ts';
import { nodesFrom } from '../../typed/nodes.ts';
import { ORDINARY, type VerbPlug } from '../verb.ts';
import { planAdd } from './plan.ts';
import { addUsage, addWords } from './words.ts';

/** `add NODE…`: a registry on each of these nodes. */
export const add: VerbPlug<'add'> = {
  ...ORDINARY,
  usage: addUsage,
  takes: 'NODE',
  valued: ['--engines'],
  parse,
  form: { label: 'Add registries', on: 'nodes-without-registry', withoutNodes: null },
  notesBefore: true,
  plan: (intent, { facts, when }) => planAdd(intent, facts, when),
  words: addWords,
};

function parse(words: TypedWords, context: CommandContext): ChangeWish | Refusal {
  const cluster = clusterFrom(words.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const nodes = nodesFrom(words.plain, 'add', cluster, context);
  if (isRefusal(nodes)) return nodes;
  const details = detailsIn(words);
  return isRefusal(details) ? details : { is: 'change', intent: { verb: 'add', cluster, nodes, ...details } };
}
