import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import { type CommandContext, clusterFrom } from '../../typed/cluster.ts';
import { suggested } from '../../typed/example.ts';
import { reasonIn, type TypedWords } from '../../typed/flags.ts';
import { nodesFrom } from '../../typed/nodes.ts';
import { ORDINARY, type VerbPlug } from '../verb.ts';
import { planDrill } from './plan.ts';
import { drillUsage, drillWords } from './words.ts';

/** `drill NODE`: proves that the registry of this node serves while the bootstrap's is away. */
export const drill: VerbPlug<'drill'> = {
  ...ORDINARY,
  usage: drillUsage,
  takes: 'NODE',
  switches: ['--dry'],
  parse,
  form: { label: 'Drill a registry', on: 'nodes-with-registry', withoutNodes: null },
  notesBefore: false,
  searchFor: () => ({ drillSwitch: true }),
  plan: (intent, { facts, when }) => planDrill(intent, facts, when),
  words: drillWords,
};

function parse(words: TypedWords, context: CommandContext): ChangeWish | Refusal {
  const cluster = clusterFrom(words.flags.get('--cluster'), context);
  if (isRefusal(cluster)) return cluster;
  const nodes = nodesFrom(words.plain, 'drill', cluster, context);
  if (isRefusal(nodes)) return nodes;
  if (nodes.length > 1) {
    const says = `The command names ${nodes.length} nodes. A drill proves one registry at a time.`;
    return refuse('bad-command', says, `For example: /registry-ha ${suggested('drill', context)} ${nodes[0]}`);
  }
  const reason = reasonIn(words);
  return isRefusal(reason) ? reason : { is: 'change', intent: { verb: 'drill', cluster, nodes, ...reason } };
}
