import type { Archive } from '../cluster/archive.ts';
import { isMountOf } from '../cluster/mounted.ts';
import { bytesToCopy } from '../guards/nodes.ts';
import { bytesInPart, leftPartsInWords } from '../guards/part-files.ts';
import type { PlanDraft, PlanTarget } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanContext } from '../plan/planned-steps.ts';
import type { Step } from '../plan/step.ts';
import { bytesInWords, count, firstFew, listed } from '../text/format.ts';
import type { Markup } from '../text/markup.ts';
import { commonFindings, commonWarnings, engineRestarts, mastersRestart } from './plan-words.ts';

/** Effects of the steps that an operator may not expect. */
export function bringUpEffects(
  steps: readonly Step[],
  archives: readonly Archive[],
  targets: readonly PlanTarget[],
): readonly string[] {
  const touched = steps.flatMap((step) => (step.kind === 'mount' ? [step.node] : []));
  const ended = steps.flatMap((step) => (step.kind === 'withdraw' ? [step.node] : []));
  const anew =
    ended.length === 0
      ? []
      : [`The registry of ${listed(ended)} ends and starts anew. Meanwhile, the engines use another one.`];
  const written =
    touched.length === 0 ? [] : [`/etc/salt/minion.d/99-metalk8s-local.conf is written on ${listed(touched)}.`];
  return [...engineRestarts(steps), ...anew, ...newFstabLines(steps, archives, targets), ...written];
}

/** The archives that the steps add to /etc/fstab: nodes that get all of them in one sentence, any other in its own. */
function newFstabLines(
  steps: readonly Step[],
  archives: readonly Archive[],
  targets: readonly PlanTarget[],
): readonly string[] {
  const added = targets.map(({ node, target }) => ({
    node: node.name,
    ids: steps.flatMap((step) =>
      (step.kind === 'mount' || step.kind === 'solutions') && step.node === node.name
        ? step.archives.filter((archive) => !target.fstab.some(isMountOf(archive))).map(({ id }) => id)
        : [],
    ),
  }));
  const all = added.filter(({ ids }) => ids.length > 0 && ids.length === archives.length).map(({ node }) => node);
  const some = added.filter(({ node, ids }) => ids.length > 0 && !all.includes(node));
  return [
    ...(all.length === 0
      ? []
      : [`/etc/fstab of ${listed(all)} gets a line for each of the ${count(archives.length, 'archive')}.`]),
    ...some.map(({ node, ids }) => `/etc/fstab of ${node} gets a line for ${listed(ids)}.`),
  ];
}

/** The state of the cluster when the plan was made. `own`: what the verb says about the registries. */
export function bringUpSeen(
  targets: readonly PlanTarget[],
  context: PlanContext,
  steps: readonly Step[],
  own: Pick<PlanDraft['seen'], 'findings' | 'warnings'>,
): PlanDraft['seen'] {
  const { facts, version } = context;
  return {
    findings: [
      ...own.findings,
      ...resumedCopies(targets, steps),
      `All ${count(facts.kube.nodes.length, 'node')}, the cluster and bootstrap.yaml agree on version ${version}.`,
      ...commonFindings(context),
    ],
    warnings: [
      ...own.warnings,
      ...commonWarnings(context),
      ...mastersRestart(context, steps),
      ...targets.flatMap(({ target }) => leftPartsInWords(target, facts) ?? []),
    ],
    already: targets.flatMap(({ target }) =>
      target.files.filter(({ is }) => is === 'same').map(({ path }) => ({ node: target.node, path })),
    ),
    space: targets.flatMap(({ target }) =>
      target.space.map(({ mountpoint, available, paths }) => ({
        node: target.node,
        mountpoint,
        available,
        needed: bytesToCopy(target, paths, facts),
      })),
    ),
  };
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

/** `Copies 3 files (4.5 GB) to node-2`. */
export function copiesInWords({ approved: { steps, intent } }: Plan, { text }: Markup): string {
  const files = steps.flatMap((step) => (step.kind === 'copy' ? [step] : []));
  if (files.length === 0) return `Nothing to copy to ${text(firstFew(intent.nodes))}`;
  const bytes = files.reduce((sum, { archive: { size } }) => sum + size, 0);
  const targets = [...new Set(files.map(({ node }) => node))];
  return `Copies ${count(files.length, 'file')} (${bytesInWords(bytes)}) to ${text(firstFew(targets))}`;
}
