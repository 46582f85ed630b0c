import type { Change } from '../../change/change.ts';
import { touchedSteps } from '../../change/step-attempts.ts';
import type { PlanDraft } from '../../plan/parts.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { commonFindings, commonWarnings, mastersRestart } from '../plan-words.ts';
import { copiesOf, type Footprint, isOfFiles, isOwnCopy } from './footprint.ts';
import { isInUse } from './steps.ts';

/** The state of the cluster when the undo was planned. */
export function undoSeen(
  undone: Change,
  traces: readonly Footprint[],
  context: PlanContext,
  steps: readonly Step[],
): PlanDraft['seen'] {
  const started = touchedSteps(undone).map(({ says }) => says);
  return {
    findings: [
      `According to the worker’s journal, ${undone.id} started: ${started.join('; ')}.`,
      ...(isOfFiles(undone) ? [ONLY_FILES] : commonFindings(context)),
    ],
    warnings: [...traces.flatMap(keptFiles), ...commonWarnings(context), ...mastersRestart(context, steps)],
    already: [],
    space: [],
  };
}

const ONLY_FILES =
  'These steps only copied files, so the undo needs no other node, no Salt minion and no registry, and did not ask them.';

/** Warns of files that stay although the change may have copied them. */
function keptFiles(trace: Footprint): readonly string[] {
  const { node, target } = trace;
  return copiesOf(trace).flatMap((copy) => {
    const { path } = copy.archive;
    const file = target.files.find((one) => one.path === path);
    if (isInUse(copy, trace)) return [`${path} stays on ${node.name}: a mount that the change did not create uses it.`];
    if (file?.is === 'same' && !isOwnCopy(copy, trace)) {
      return [`${path} stays on ${node.name}: the change did not complete its copy, so it may be another person’s.`];
    }
    if (file?.is !== 'different' && file?.is !== 'directory') return [];
    return [`${path} stays on ${node.name}: it is not the file that the change copied.`];
  });
}
