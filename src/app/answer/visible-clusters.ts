import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Asker } from '../ask/asker.ts';
import { rightsInEach } from '../policy/rights.ts';
import type { AnswerPorts } from './gather.ts';

/** The clusters that the asker may see here: those in which the policy lets the person do anything in this channel. Null: every cluster. */
export async function visibleClusters(
  wanted: string | null,
  asker: Asker,
  ports: AnswerPorts,
): Promise<readonly string[] | Refusal> {
  const names = wanted === null ? [...ports.clusters.keys()] : [wanted];
  const rightsIn = rightsInEach(asker.by, asker.channel, ports);
  const each = await Promise.all(
    names.map(async (name) => [name, await whyHidden(name, asker, ports, rightsIn)] as const),
  );
  const seen = each.flatMap(([name, refusal]) => (refusal === null ? [name] : []));
  const [first] = each.flatMap(([, refusal]) => refusal ?? []);
  return seen.length === 0 && first !== undefined ? first : seen;
}

/** Null if the asker may see this cluster here. A group that cannot be read gives nobody permission. */
export async function whyHidden(
  name: string,
  { by, channel }: Asker,
  ports: AnswerPorts,
  rightsIn = rightsInEach(by, channel, ports),
): Promise<Refusal | null> {
  const cluster = ports.clusters.get(name);
  if (cluster === undefined) {
    const names = [...ports.clusters.keys()].join(', ');
    return refuse('unknown-cluster', `The bot serves no cluster ${name}.`, `Clusters: ${names}.`);
  }
  const rights = await rightsIn(name, cluster);
  if ([...rights.mayAsk, ...rights.mayApprove, ...rights.mayHold].length > 0) return null;
  const [unread] = rights.unread;
  if (unread !== undefined) {
    return refuse(
      'group-unreadable',
      `The bot cannot check whether you may see ${name}: the user group ${unread.group} could not be read (${unread.why}).`,
      'Try again in a minute.',
    );
  }
  return refuse(
    'not-allowed',
    `You may not see the changes of ${name} in this channel.`,
    'Ask a person who is listed in the policy file, or use a channel that the policy names.',
  );
}
