import { isRefusal, type Refusal } from '../../answers/refusal.ts';
import { REGISTRY_MANIFEST } from '../../node-commands/undo-commands.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import { type CommandContext, clusterFrom } from '../../typed/cluster.ts';
import { detailsIn, type TypedWords } from '../../typed/flags.ts';
import { nodesFrom } from '../../typed/nodes.ts';
import { ORDINARY, type VerbPlug } from '../verb.ts';
import { planRemove } from './plan.ts';
import { removeUsage, removeWords } from './words.ts';

/** `remove NODE…`: takes the registry of each of these nodes away. */
export const remove: VerbPlug<'remove'> = {
  ...ORDINARY,
  usage: removeUsage,
  takes: 'NODE',
  valued: ['--engines'],
  switches: ['--keep-isos', '--last'],
  parse,
  form: { label: 'Remove registries', on: 'nodes-with-registry', withoutNodes: null },
  notesBefore: false,
  searchFor: () => ({ paths: [REGISTRY_MANIFEST] }),
  plan: (intent, { facts, when }) => planRemove(intent, facts, when),
  words: removeWords,
};

function parse(words: TypedWords, context: CommandContext): ChangeWish | Refusal {
  const cluster = clusterFrom(words.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const nodes = nodesFrom(words.plain, 'remove', cluster, context);
  if (isRefusal(nodes)) return nodes;
  const details = detailsIn(words);
  if (isRefusal(details)) return details;
  const options = {
    ...(words.switches.has('--keep-isos') ? { keepIsos: true as const } : {}),
    ...(words.switches.has('--last') ? { last: true as const } : {}),
  };
  return { is: 'change', intent: { verb: 'remove', cluster, nodes, ...options, ...details } };
}
