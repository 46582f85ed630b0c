import type { Refusal } from '../../answers/refusal.ts';
import type { Archive } from '../../cluster/archive.ts';
import { type Facts, isClosed } from '../../cluster/facts.ts';
import { soundArchives } from '../../guards/archives.ts';
import { firstRefusal } from '../../guards/guards.ts';
import { bytesToCopy } from '../../guards/nodes.ts';
import { bytesInPart, leftPartsInWords } from '../../guards/part-files.ts';
import type { Intent, IntentOf } from '../../plan/intent.ts';
import { type PlanDraft, type PlanFor, type PlanTarget, planOf } from '../../plan/parts.ts';
import type { UntimedPlan } from '../../plan/plan.ts';
import {
  copySteps,
  enginesSteps,
  type PlanContext,
  readyStep,
  registrySteps,
  verifyStep,
} from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { bytesInWords, count, listed } from '../../text/format.ts';
import { commonFindings, commonWarnings, engineRestarts, mastersRestart } from '../plan-words.ts';
import { completeRegistries, registryExists, unfinishedRegistries } from './existing-registries.ts';

/** The plan from these facts. The same facts give the same plan, byte for byte. */
export function planAdd(intent: IntentOf<'add'>, facts: Facts, when: PlanFor): UntimedPlan | Refusal {
  const refusal = firstRefusal(intent, facts);
  if (refusal !== null) return refusal;
  const version = facts.kube.clusterVersion ?? '';
  const archives = soundArchives(facts.bootstrap.archives);
  const context: PlanContext = { change: when.change, version, saltenv: `metalk8s-${version}`, archives, facts };
  const steps = stepsOf(intent, context);
  if (!when.begun && steps.every(({ kind }) => kind === 'verify')) return registryExists(intent, facts);
  return planOf({
    ...{ intent, context, when, archives, steps },
    targets: targetsOf(intent, facts),
    sideEffects: sideEffects(steps, archives),
    seen: seen(intent, context, steps),
  });
}

function stepsOf(intent: Intent, context: PlanContext): readonly Step[] {
  const targets = targetsOf(intent, context.facts);
  // All copies come first, then the states of all nodes, because those of different nodes run in parallel.
  const copies = targets.map(({ node, target }) => copySteps(context, node, target));
  const own = targets.map(({ node, target }) => registrySteps(context, node, target));
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
    ...own.flat(),
    ...(last === undefined ? [] : [readyStep(last.node, addresses)]),
    ...enginesSteps(context, addresses),
    verifyStep(context, addresses),
  ];
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

function targetsOf(intent: Intent, facts: Facts): readonly PlanTarget[] {
  return intent.nodes.flatMap((name) => {
    const node = facts.kube.nodes.find((candidate) => candidate.name === name);
    const target = facts.targets.find((candidate) => candidate.node === name);
    return node === undefined || target === undefined || isClosed(target) ? [] : [{ node, target }];
  });
}

/** Effects of the steps that an operator may not expect. */
function sideEffects(steps: readonly Step[], archives: readonly Archive[]): readonly string[] {
  const touched = steps.flatMap((step) => (step.kind === 'mount' ? [step.node] : []));
  if (touched.length === 0) return engineRestarts(steps);
  return [
    `/etc/fstab of ${listed(touched)} gets a line for each of the ${count(archives.length, 'archive')}.`,
    `/etc/salt/minion.d/99-metalk8s-local.conf is written on ${listed(touched)}.`,
    ...engineRestarts(steps),
  ];
}

/** What earlier changes left on the targets of these copies. The copies verify it before they use it. */
function resumedCopies(targets: readonly PlanTarget[], steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    const target = targets.find(({ node }) => step.kind === 'copy' && node.name === step.node)?.target;
    if (step.kind !== 'copy' || target === undefined) return [];
    const bytes = bytesInPart(target, step.archive);
    if (bytes === 0) return [];
    return `${step.node} has ${bytesInWords(bytes)} of ${step.archive.id} from an interrupted copy. They are verified, and only the rest is sent.`;
  });
}

function seen(intent: Intent, context: PlanContext, steps: readonly Step[]): PlanDraft['seen'] {
  const { facts, version } = context;
  const targets = targetsOf(intent, facts);
  const already = targets.flatMap(({ target }) =>
    target.files.filter(({ is }) => is === 'same').map(({ path }) => ({ node: target.node, path })),
  );
  const space = targets.flatMap(({ target }) =>
    target.space.map(({ mountpoint, available, paths }) => ({
      node: target.node,
      mountpoint,
      available,
      needed: bytesToCopy(target, paths, facts),
    })),
  );
  return {
    findings: [
      `All ${count(facts.kube.nodes.length, 'node')}, the cluster and bootstrap.yaml agree on version ${version}.`,
      ...commonFindings(context),
      ...completeRegistries(intent, facts, steps),
      ...resumedCopies(targets, steps),
    ],
    warnings: [
      ...unfinishedRegistries(intent, facts, steps),
      ...commonWarnings(context),
      ...mastersRestart(context, steps),
      ...targets.flatMap(({ target }) => leftPartsInWords(target, facts) ?? []),
    ],
    already,
    space,
  };
}
