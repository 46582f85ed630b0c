import type { Change } from '../../change/change.ts';
import type { PlanDraft } from '../../plan/parts.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { count, listed } from '../../text/format.ts';
import { copiesOf, type Footprint } from './footprint.ts';
import { touchedSteps } from './refusals.ts';
import { isInUse } from './steps.ts';

/** What the steps of an undo do beside their purpose, and what they leave. */
export function undoSideEffects(steps: readonly Step[]): readonly string[] {
  const withdrawn = steps.flatMap((step) => (step.kind === 'withdraw' ? [step.node] : []));
  const engines = steps.find((step) => step.kind === 'engines');
  const inside = [...new Set(steps.flatMap((step) => ('node' in step ? [step.node] : [])))];
  return [
    ...(engines?.kind !== 'engines'
      ? []
      : [
          `containerd restarts on ${count(engines.nodes.length, 'node')} (${listed(engines.nodes)}) at about the same time; running containers go on.`,
          ...(withdrawn.length === 0
            ? []
            : [`Until then the engines try ${listed(withdrawn)} in vain and go on with the next registry.`]),
        ]),
    ...(inside.length === 0
      ? []
      : [
          `Empty folders, images in containerd and /etc/salt/minion.d/99-metalk8s-local.conf stay on ${listed(inside)}.`,
        ]),
  ];
}

/** What was seen when the undo was planned. */
export function undoSeen(
  undone: Change,
  traces: readonly Footprint[],
  { archives, facts }: PlanContext,
  steps: readonly Step[],
): PlanDraft['seen'] {
  const images = archives.flatMap(({ images: own }) => own).length;
  return {
    findings: [
      `By the worker’s journal, ${undone.id} has begun: ${touchedSteps(undone)
        .map(({ says }) => says)
        .join('; ')}.`,
      `The registry of the bootstrap node is Ready and serves all ${count(images, 'image')} of ${count(archives.length, 'archive')}.`,
      'Every Salt minion answers and no other state run is in progress.',
    ],
    warnings: [...traces.flatMap(leftAlone), ...mastersRestart(facts.kube.nodes, steps)],
    already: [],
    space: [],
  };
}

/** Files that stay although the change may have copied them. */
function leftAlone(trace: Footprint): readonly string[] {
  const { node, target } = trace;
  return copiesOf(trace).flatMap((copy) => {
    const { path } = copy.archive;
    const file = target.files.find((one) => one.path === path);
    if (isInUse(copy, trace)) return [`On ${node.name}, ${path} stays: a mount uses it that the change has not made.`];
    if (file?.is !== 'different' && file?.is !== 'directory') return [];
    return [`On ${node.name}, ${path} stays: it is not what the change has copied.`];
  });
}

function mastersRestart(nodes: PlanContext['facts']['kube']['nodes'], steps: readonly Step[]): readonly string[] {
  const masters = nodes.filter(({ roles }) => roles.includes('master')).map(({ name }) => name);
  if (masters.length < 2 || !steps.some(({ kind }) => kind === 'engines')) return [];
  return [`The engines of all masters (${listed(masters)}) restart at about the same time.`];
}
