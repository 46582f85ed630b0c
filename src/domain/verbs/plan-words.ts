import { clonedMachines } from '../guards/machines.ts';
import type { PlanContext } from '../plan/planned-steps.ts';
import type { Step } from '../plan/step.ts';
import { count, listed } from '../text/format.ts';

/** Findings of every plan: the guards have checked them. */
export const commonFindings = ({ archives }: PlanContext): readonly string[] => [
  `The registry of the bootstrap node is Ready and serves the manifests of all ${count(archives.flatMap(({ images }) => images).length, 'image')} of ${count(archives.length, 'archive')}.`,
  'Every Salt minion answers and no other state run is in progress.',
];

/** The side effect of reconfiguring the engines; empty if no step does that. */
export const engineRestarts = (steps: readonly Step[]): readonly string[] =>
  isRolling(steps)
    ? [rollingRestarts(steps)]
    : enginesIn(steps).map(
        ({ nodes }) =>
          `containerd restarts on ${count(nodes.length, 'node')} (${listed(nodes)}) at about the same time. Running containers keep running.`,
      );

const enginesIn = (steps: readonly Step[]) => steps.flatMap((step) => (step.kind === 'engines' ? [step] : []));

const isRolling = (steps: readonly Step[]): boolean => enginesIn(steps).some(({ gated }) => gated === true);

function rollingRestarts(steps: readonly Step[]): string {
  const nodes = enginesIn(steps).flatMap((step) => step.nodes);
  return `containerd restarts on ${count(nodes.length, 'node')}, one after another: ${listed(nodes)}. The next one follows when the engine lists the registries and its node is Ready. The first failure stops it. Running containers keep running.`;
}

/** Warnings of every plan about the nodes. */
export const commonWarnings = ({ facts }: PlanContext): readonly string[] => clonedMachines(facts.kube);

/** Warns if the engines of several masters restart together. */
export function mastersRestart({ facts }: PlanContext, steps: readonly Step[]): readonly string[] {
  const masters = facts.kube.nodes.filter(({ roles }) => roles.includes('master')).map(({ name }) => name);
  if (masters.length < 2 || isRolling(steps) || enginesIn(steps).length === 0) return [];
  return [`The engines of all masters (${listed(masters)}) restart at about the same time.`];
}

/** Effects of taking registries away that an operator may not expect, and what stays on the nodes. */
export function takingAwayEffects(steps: readonly Step[]): readonly string[] {
  const withdrawn = steps.flatMap((step) => (step.kind === 'withdraw' ? [step.node] : []));
  const restarts = engineRestarts(steps);
  const inside = [...new Set(steps.flatMap((step) => ('node' in step ? [step.node] : [])))];
  return [
    ...restarts,
    ...(restarts.length === 0 || withdrawn.length === 0
      ? []
      : [`Until then, the engines fail on ${listed(withdrawn)} and fall back to the next registry.`]),
    ...(inside.length === 0
      ? []
      : [
          `Empty folders, images in containerd and /etc/salt/minion.d/99-metalk8s-local.conf stay on ${listed(inside)}.`,
        ]),
  ];
}
