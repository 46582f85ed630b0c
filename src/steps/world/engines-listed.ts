import type { EngineFacts } from '../../domain/cluster/facts.ts';
import { endpointUrl, sameSet } from '../../domain/cluster/registry.ts';
import { listed } from '../../domain/text/format.ts';
import { type Finding, type StepWorld, satisfied, unsatisfied } from './step-world.ts';

/** What an engine's list of endpoints must be. */
export interface WantedList {
  readonly isRight: (endpoints: readonly string[]) => boolean;
  /** For example `does not list exactly http://10.200.3.11:8080`. */
  readonly otherwise: string;
}

/** Exactly the registries at these addresses. */
export function exactly(addresses: readonly string[]): WantedList {
  const urls = addresses.map(endpointUrl);
  return { isRight: (endpoints) => sameSet(endpoints, urls), otherwise: `does not list exactly ${listed(urls)}` };
}

/** Reads the engines live. Unsatisfied with a sentence about every node whose engine lists something else or cannot be read. */
export async function areListed(
  nodes: readonly string[],
  { isRight, otherwise }: WantedList,
  world: Pick<StepWorld, 'salt'>,
  signal: AbortSignal,
): Promise<Finding> {
  const found = await world.salt.engines(nodes, signal);
  const engines = nodes.map((node) => found.find((one) => one.node === node) ?? unread(node));
  const wrong = engines.filter((one) => one.is !== 'known' || !isRight(one.endpoints));
  if (wrong.length === 0) return satisfied(`${nodes.length}/${nodes.length} engines`);
  const others = wrong.filter(({ is }) => is === 'known').map(({ node }) => node);
  const says = [
    ...(others.length === 0 ? [] : [`The container engine of ${listed(others)} ${otherwise}.`]),
    ...wrong.flatMap((one) => (one.is === 'known' ? [] : [unreadInWords(one)])),
  ];
  return unsatisfied(says.join(' '), listed(wrong.map(({ node }) => node)));
}

/** The planned nodes and those that have joined since, with the latter named; a sentence if a planned node is gone. */
export async function nodesNow(
  planned: readonly string[],
  { kubernetes }: Pick<StepWorld, 'kubernetes'>,
  signal: AbortSignal,
): Promise<{ readonly nodes: readonly string[]; readonly added: readonly string[] } | string> {
  const now = (await kubernetes.look(signal)).nodes.map(({ name }) => name);
  const gone = planned.filter((name) => !now.includes(name));
  if (gone.length > 0) return `No longer in the cluster: ${listed(gone)}.`;
  const added = now.filter((name) => !planned.includes(name));
  return { nodes: [...planned, ...added], added };
}

const unread = (node: string): EngineFacts => ({ node, is: 'silent', says: `The minion of ${node} did not answer.` });

const unreadInWords = ({ node, is, says }: Exclude<EngineFacts, { readonly is: 'known' }>): string =>
  is === 'other-layout' ? `The container engine of ${node} cannot be checked: ${says}` : says;
