import { type Facts, isClosed } from '../cluster/facts.ts';
import { sameSet } from '../cluster/registry.ts';
import { soundArchives } from '../guards/archives.ts';
import { keptManifest } from '../node-commands/undo-commands.ts';
import { enginesSteps } from '../plan/engine-steps.ts';
import type { Intent } from '../plan/intent.ts';
import type { PlanFor, PlanTarget } from '../plan/parts.ts';
import { copySteps, type PlanContext, readyStep, registrySteps, verifyStep } from '../plan/planned-steps.ts';
import type { Step } from '../plan/step.ts';
import { withdrawStep } from './take-away.ts';

export function contextOf(facts: Facts, { change }: PlanFor): PlanContext {
  const version = facts.kube.clusterVersion ?? '';
  return { change, version, saltenv: `metalk8s-${version}`, archives: soundArchives(facts.bootstrap.archives), facts };
}

/** The nodes of the request that were inspected, in its order. */
export function targetsOf({ nodes }: Pick<Intent, 'nodes'>, facts: Facts): readonly PlanTarget[] {
  return nodes.flatMap((name) => {
    const node = facts.kube.nodes.find((candidate) => candidate.name === name);
    const target = facts.targets.find((candidate) => candidate.node === name);
    return node === undefined || target === undefined || isClosed(target) ? [] : [{ node, target }];
  });
}

/** Steps of one node around those that bring its registry up. */
export interface Around {
  readonly before: (target: PlanTarget) => readonly Step[];
  readonly after: (target: PlanTarget) => readonly Step[];
}

const NOTHING: Around = { before: () => [], after: () => [] };

/**
 * The steps that bring the registries of these nodes up; then the engines, and the proof. All copies come first, then the states of all
 * nodes, because those of different nodes run in parallel.
 */
export function bringUpSteps(intent: Intent, context: PlanContext, around = NOTHING): readonly Step[] {
  const targets = targetsOf(intent, context.facts);
  const copies = targets.map(({ node, target }) => copySteps(context, node, target));
  const own = targets.map((one) => startedAnew(one, registrySteps(context, one.node, one.target), context));
  const addresses = [
    ...new Set([...presentAddresses(intent, context.facts), ...targets.map(({ node }) => node.ip ?? '')]),
  ].sort();
  const { ready } = context.facts.kube.endpoints;
  const last = targets.findLast(({ node }, index) => {
    const isTouched = (own[index] ?? []).length > 0 || (copies[index] ?? []).length > 0;
    return isTouched || !ready.includes(node.ip ?? '');
  });
  return [
    ...copies.flat(),
    ...targets.flatMap(around.before),
    ...own.flat(),
    ...(last === undefined ? [] : [readyStep(context, last.node, addresses)]),
    ...targets.flatMap(around.after),
    ...enginesSteps(context, addresses, intent),
    verifyStep(context, addresses),
  ];
}

/**
 * Ends the pod before its deployment if it is Ready and as it should be, and does not serve every image: it has read an older
 * configuration, and metalk8s.repo.installed does not restart a pod whose manifest stays the same.
 */
function startedAnew({ node }: PlanTarget, steps: readonly Step[], context: PlanContext): readonly Step[] {
  const { facts, version, archives, change } = context;
  const pod = facts.kube.registries.find((one) => one.node === node.name);
  const carries = archives.map(({ id }) => id);
  const isAsDeployed = pod?.ready === true && pod.version === version && sameSet(pod.carries, carries);
  const lacksImages = facts.served.some((one) => one.node === node.name && one.missing.length > 0);
  if (!isAsDeployed || !lacksImages) return steps;
  const end = withdrawStep(node, keptManifest(change, 'replaced'));
  return steps.flatMap((step): readonly Step[] => (step.kind === 'deploy' ? [end, step] : [step]));
}

/** Addresses of the existing registries, sorted. A target counts only if Kubernetes lists it as Ready. */
function presentAddresses(intent: Intent, { kube }: Facts): readonly string[] {
  const listed = kube.nodes
    .filter(({ ip }) => ip !== null && kube.endpoints.ready.includes(ip))
    .map(({ name }) => name);
  const nodes = kube.registries
    .map(({ node }) => node)
    .filter((node) => !intent.nodes.includes(node) || listed.includes(node));
  const ips = kube.nodes.flatMap(({ name, ip, roles }) =>
    ip !== null && (nodes.includes(name) || roles.includes('bootstrap')) ? [ip] : [],
  );
  return ips.sort();
}
