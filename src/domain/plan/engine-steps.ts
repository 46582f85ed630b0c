import type { NodeFacts } from '../cluster/facts.ts';
import { endpointUrl, sameSet } from '../cluster/registry.ts';
import { enginesOnNodes } from '../node-commands/salt-commands.ts';
import { count } from '../text/format.ts';
import type { Intent } from './intent.ts';
import type { PlanContext } from './planned-steps.ts';
import type { Step, StepOf } from './step.ts';

/** Reconfigures the engines if one of them does not list exactly these registries: all at once, or those that need it one by one. */
export function enginesSteps(
  context: PlanContext,
  addresses: readonly string[],
  { engines }: Pick<Intent, 'engines'>,
): readonly Step[] {
  const { facts } = context;
  const wrong = facts.kube.nodes.filter(({ name }) => !isRight(name, addresses, context));
  if (wrong.length === 0) return [];
  if (engines === 'rolling') return inTurn(wrong).map(({ name }) => rollingStep(name, addresses, context));
  const nodes = facts.kube.nodes.map(({ name }) => name).sort();
  const says = `Reconfigure the container engines of ${count(nodes.length, 'node')}`;
  return [{ ...stepOf(nodes, addresses, context), id: 'engines', says }];
}

function isRight(node: string, addresses: readonly string[], { facts }: PlanContext): boolean {
  const engine = facts.engines.find((one) => one.node === node);
  return engine?.is === 'known' && sameSet(engine.endpoints, addresses.map(endpointUrl));
}

/** Nodes without control plane first, then the other masters; the bootstrap node, which has the Salt master, last. */
function inTurn(nodes: readonly NodeFacts[]): readonly NodeFacts[] {
  const rank = ({ roles }: NodeFacts) => (roles.includes('bootstrap') ? 2 : roles.includes('master') ? 1 : 0);
  return nodes.toSorted((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
}

const rollingStep = (node: string, addresses: readonly string[], context: PlanContext): Step => ({
  ...stepOf([node], addresses, context),
  id: `engines:${node}`,
  says: `Reconfigure the container engine of ${node}, and wait until ${node} is healthy`,
  gated: true,
});

const stepOf = (
  nodes: readonly string[],
  addresses: readonly string[],
  { facts, saltenv }: PlanContext,
): Omit<StepOf<'engines'>, 'id' | 'says'> => ({
  kind: 'engines',
  commands: [enginesOnNodes(facts.kube.saltMaster?.pod ?? 'salt-master', nodes, saltenv)],
  nodes: [...nodes],
  addresses: [...addresses],
});
