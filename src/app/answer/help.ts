import type { RightsInClusters } from '../../domain/questions/help/help.ts';
import { type HelpTroubles, NO_TROUBLES } from '../../domain/questions/help/troubles.ts';
import { QUESTION_NAMES, questionPlug } from '../../domain/questions/questions.ts';
import type { Asker } from '../ask/asker.ts';
import { NO_HOLDS } from '../policy/policy-context.ts';
import { rightsOf } from '../policy/rights.ts';
import type { AnsweredCluster, AnswerPorts, Gather, Lacking } from './gather.ts';

const NOTHING: Lacking = { off: [], closed: [] };

/** The asker's permissions, and how the other questions are typed. */
export const knownForHelp: Gather<'help'> = async (_, asker, ports) => {
  const rights = await rightsForHelp(asker, ports);
  const mayAsk = rights.some((one) => one.mayAsk.length > 0);
  const shown = QUESTION_NAMES.filter((name) => name !== 'help' && (name !== 'plan' || mayAsk));
  const questions = shown.map((name) => questionPlug(name).usage);
  const troubles = troublesFor(rights, ports);
  return { rights, questions, isPrivate: asker.channel === null, ...(ports.lacking?.() ?? NOTHING), troubles };
};

/** Only for a person who may do something in a cluster, and only of such clusters. */
function troublesFor(rights: readonly RightsInClusters[], { troubles }: AnswerPorts): HelpTroubles {
  const mayAny = ({ mayAsk, mayApprove, mayHold }: RightsInClusters) =>
    mayAsk.length + mayApprove.length + mayHold.length > 0;
  const clusters = rights.filter(mayAny).flatMap((of) => of.clusters);
  return clusters.length === 0 ? NO_TROUBLES : (troubles?.(clusters) ?? NO_TROUBLES);
}

/** One entry for all clusters of a policy, because a bot may have a thousand; clusters with a freeze or lock have their own. */
async function rightsForHelp({ by, channel }: Asker, ports: AnswerPorts): Promise<readonly RightsInClusters[]> {
  const held = new Set(await ports.fleet.holding());
  const alike = new Map<unknown, { readonly clusters: string[]; readonly its: AnsweredCluster }>();
  for (const [name, its] of ports.clusters) {
    const key = held.has(name) ? name : its.policy;
    const known = alike.get(key);
    if (known === undefined) alike.set(key, { clusters: [name], its });
    else known.clusters.push(name);
  }
  const { clock } = ports;
  return await Promise.all(
    [...alike].map(async ([key, { clusters, its }]) => {
      const { policy, groups, holds } = its;
      const read = { policy, groups, clock, holds: key === policy ? NO_HOLDS : holds };
      const { cluster: _, ...rights } = await rightsOf(clusters[0] ?? '', by, channel, read);
      return { ...rights, clusters };
    }),
  );
}
