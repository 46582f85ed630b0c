import { freshNodes } from '../../domain/cluster/worker-state.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import type { FormCluster } from '../../domain/wish/form.ts';
import type { Asker, Forming } from '../ask/asker.ts';
import { NO_HOLDS } from '../policy/policy-context.ts';
import { rightsOf } from '../policy/rights.ts';
import type { AnswerPorts } from './gather.ts';

/** The clusters in which the asker may request something here, as a form needs them. */
export const forming =
  (ports: AnswerPorts): Forming =>
  async (asker) => {
    const each = await Promise.all([...ports.clusters.keys()].map((name) => formCluster(name, asker, ports)));
    return each.filter(({ verbs }) => verbs.length > 0);
  };

async function formCluster(cluster: string, { by, channel }: Asker, ports: AnswerPorts): Promise<FormCluster> {
  const of = ports.clusters.get(cluster);
  if (of === undefined) throw new Error(`The bot has lost the cluster ${cluster}.`);
  const [{ mayAsk }, worker, seen] = await Promise.all([
    rightsOf(cluster, by, channel, { ...ports, ...of, holds: NO_HOLDS }),
    of.worker.seen(),
    of.board.seen(),
  ]);
  const verbs = mayAsk.filter((verb) => verbPlug(verb).form !== null);
  return { cluster, verbs, nodes: freshNodes(worker), seen };
}
