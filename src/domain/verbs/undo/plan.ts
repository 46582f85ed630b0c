import { type Refusal, refuse } from '../../answers/refusal.ts';
import type { Change } from '../../change/change.ts';
import { touchedSteps } from '../../change/step-attempts.ts';
import type { Facts } from '../../cluster/facts.ts';
import { sameSet } from '../../cluster/registry.ts';
import { archiveGuards } from '../../guards/archives.ts';
import { commonRefusal, filesRefusal } from '../../guards/guards.ts';
import { enginesSteps } from '../../plan/engine-steps.ts';
import type { IntentOf } from '../../plan/intent.ts';
import { type PlanFor, planOf } from '../../plan/parts.ts';
import type { UntimedPlan } from '../../plan/plan.ts';
import type { PlanContext } from '../../plan/planned-steps.ts';
import type { Step } from '../../plan/step.ts';
import { listed } from '../../text/format.ts';
import { contextOf } from '../bring-up.ts';
import { takingAwayEffects } from '../plan-words.ts';
import { isKnownToAnEngine, remaining } from '../staying.ts';
import { goneStep, PROOF_ID } from '../take-away.ts';
import { whyNotUndone } from '../undoing.ts';
import type { JournalRecord } from '../verb.ts';
import { type Footprint, footprintsOf, hasDeployed, isOfFiles } from './footprint.ts';
import { undoSeen } from './plan-words.ts';
import { laterRefusal, notInTheJournal, unclearMountRefusal } from './refusals.ts';
import {
  foldersStay,
  onlyFilesSteps,
  proveUndone,
  removeSteps,
  unconfigureSteps,
  unmountSteps,
  withdrawSteps,
} from './steps.ts';

/** Undoes only what the change began and what did not exist before, in the order of MetalK8s’ removal: registry, engines, mounts, files. */
export function planUndo(
  intent: IntentOf<'undo'>,
  facts: Facts,
  record: JournalRecord,
  when: PlanFor,
): UntimedPlan | Refusal {
  const undone = record.change;
  if (undone === null) return notInTheJournal(intent.undoes);
  const refusal =
    whyNotUndone(undone) ??
    otherNodes(intent, undone) ??
    laterRefusal(undone, record.later) ??
    (isOfFiles(undone) ? filesRefusal(intent, facts) : commonRefusal(intent, facts)) ??
    builtOnOthers(undone);
  if (refusal !== null) return refusal;
  const traces = footprintsOf(undone, touchedSteps(undone), facts);
  const context = contextOf(facts, when);
  const steps = stepsOf(intent, traces, context, undone);
  const unfit = unclearMountRefusal(undone, traces) ?? registriesRefusal(steps, traces, facts);
  if (unfit !== null) return unfit;
  if (!when.begun && steps.every(({ id }) => id === PROOF_ID)) return nothingLeft(undone);
  return planOf({
    ...{ intent, context, when, steps },
    // An undo does not depend on the current archives.
    archives: [],
    targets: traces.toReversed(),
    sideEffects: isOfFiles(undone) ? foldersStay(steps) : takingAwayEffects(steps),
    seen: undoSeen(undone, traces, context, steps),
  });
}

function stepsOf(
  intent: IntentOf<'undo'>,
  traces: readonly Footprint[],
  context: PlanContext,
  undone: Change,
): readonly Step[] {
  if (isOfFiles(undone)) return onlyFilesSteps(traces);
  const addresses = remaining(leaving(traces), context.facts);
  const withdrawn = traces.filter(hasDeployed);
  const lastNode = withdrawn.at(-1)?.node.name;
  const withdraws = withdrawn.flatMap((trace) => withdrawSteps(trace, context, undone.id));
  const { ready, notReady } = context.facts.kube.endpoints;
  const isListed = withdrawn.some(({ node }) => [...ready, ...notReady].includes(node.ip ?? ''));
  const waits = lastNode !== undefined && (withdraws.length > 0 || isListed) ? [goneStep(lastNode, addresses)] : [];
  const saltenv = undone.plan?.approved.saltenv ?? '';
  return [
    ...withdraws,
    ...waits,
    ...(isKnownToAnEngine(
      withdrawn.map(({ node }) => node),
      context.facts,
    )
      ? enginesSteps(context, addresses, intent)
      : []),
    ...traces.flatMap((trace) => [...unmountSteps(trace), ...unconfigureSteps(trace, saltenv), ...removeSteps(trace)]),
    proveUndone(traces, context),
  ];
}

const leaving = (traces: readonly Footprint[]): readonly string[] =>
  traces.filter(hasDeployed).map(({ node }) => node.name);

const BY_HAND = 'Undo it by hand: see docs/remove.md, “Remove a registry by hand”.';

/** The nodes of the request come from Redis, so they are checked against the journal. */
function otherNodes({ nodes, undoes }: IntentOf<'undo'>, undone: Change): Refusal | null {
  if (sameSet(nodes, undone.intent.nodes)) return null;
  return refuse(
    'unknown-change',
    `${undoes} is a change of ${listed(undone.intent.nodes)}, not of ${listed(nodes)}.`,
    'Request the undo again.',
  );
}

/** Steps that change an existing registry. A copied file does not. */
const CHANGES_A_REGISTRY: ReadonlySet<Step['kind']> = new Set([
  'withdraw',
  'mount',
  'solutions',
  'other-version',
  'deploy',
  'engines',
]);

function builtOnOthers(undone: Change): Refusal | null {
  const { before, id, intent } = undone;
  const unknown = intent.nodes.filter((node) => !before?.some((one) => one.node === node));
  if (before === undefined || unknown.length > 0) {
    return refuse(
      'not-undoable',
      `The state of ${listed(unknown)} before ${id} was not recorded, so the worker does not know what ${id} changed.`,
      BY_HAND,
    );
  }
  const touched = touchedSteps(undone).filter(({ kind }) => CHANGES_A_REGISTRY.has(kind));
  const had = before.filter(
    ({ node, registry }) => registry && touched.some((step) => !('node' in step) || step.node === node),
  );
  if (had.length === 0) return null;
  return refuse(
    'not-undoable',
    `${listed(had.map(({ node }) => node))} had a registry before ${id}, and ${id} changed it. Its previous state cannot be restored.`,
    'Complete the change instead: click Retry from here, or request the same add again.',
  );
}

/** The remaining registries must be able to serve every image. */
function registriesRefusal(steps: readonly Step[], traces: readonly Footprint[], facts: Facts): Refusal | null {
  if (!steps.some(({ kind }) => kind === 'withdraw' || kind === 'ready' || kind === 'engines')) return null;
  const staying = remaining(leaving(traces), facts);
  const unready = facts.kube.nodes.filter(
    ({ ip }) => ip !== null && staying.includes(ip) && !facts.kube.endpoints.ready.includes(ip),
  );
  if (unready.length === 0) return archiveGuards(facts);
  return refuse(
    'registry-unfit',
    `${listed(unready.map(({ name }) => name))} has a registry too, but it is not in the Ready Endpoints. The engines would lose it.`,
    'Bring it back to Ready, then request the undo again.',
  );
}

function nothingLeft({ id, intent }: Change): Refusal {
  return refuse(
    'nothing-to-undo',
    `Nothing that ${id} did is left on ${listed(intent.nodes)}, and no container engine lists its registry.`,
  );
}
