import type { Archive } from '../cluster/archive.ts';
import type { NodeFacts, OpenTarget } from '../cluster/facts.ts';
import type { Intent } from './intent.ts';
import type { ApprovedPart, PlannedArchive, SeenPart, UntimedPlan } from './plan.ts';
import type { PlanContext } from './planned-steps.ts';
import type { Step } from './step.ts';

/** The change that is planned, and when. */
export interface PlanFor {
  readonly change: string;
  readonly at: string;
  /** If only the proof is left, a change that has begun gets a plan, and a new change is refused. */
  readonly begun: boolean;
}

/** A node that the plan works on, as Kubernetes and the node itself describe it. */
export interface PlanTarget {
  readonly node: NodeFacts;
  readonly target: OpenTarget;
}

/** The parts of a plan that depend on the verb. */
export interface PlanDraft {
  readonly intent: Intent;
  readonly context: PlanContext;
  readonly when: PlanFor;
  /** Every node that the worker connects to over SSH, in display order. */
  readonly targets: readonly PlanTarget[];
  /** Archives that the plan depends on. The plan is stale if they change on the bootstrap node. */
  readonly archives: readonly Archive[];
  readonly steps: readonly Step[];
  readonly sideEffects: readonly string[];
  readonly seen: Pick<SeenPart, 'findings' | 'warnings' | 'already' | 'space'>;
}

/** The plan of any verb. It is built only here, so that no verb can omit how the worker connects to its nodes. */
export function planOf(draft: PlanDraft): UntimedPlan {
  return { v: 1, approved: approvedPart(draft), seen: seenPart(draft) };
}

function approvedPart({ intent, context, when, targets, archives, steps, sideEffects }: PlanDraft): ApprovedPart {
  return {
    change: when.change,
    intent,
    version: context.version,
    saltenv: context.saltenv,
    archives: archives.map(plannedArchive),
    hostKeys: targets.map(({ node, target }) => {
      const { host, port, algorithm, key, fingerprint } = target.hostKey;
      return { node: node.name, key: { host, port, algorithm, key, fingerprint } };
    }),
    access: targets.map(({ node }) => node.access),
    machines: targets.map(({ node, target: { machine } }) => ({
      node: node.name,
      machine: { id: machine.id, uuid: machine.uuid },
    })),
    steps,
    sideEffects,
  };
}

const plannedArchive = ({ images, ...archive }: Archive): PlannedArchive => ({ ...archive, images: images.length });

function seenPart({ seen, targets, when }: PlanDraft): UntimedPlan['seen'] {
  return {
    at: when.at,
    ...seen,
    newHostKeys: targets.filter(({ target }) => !target.hostKey.pinned).map(({ node }) => node.name),
  };
}
