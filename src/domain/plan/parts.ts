import type { Archive } from '../cluster/archive.ts';
import type { NodeFacts, OpenTarget } from '../cluster/facts.ts';
import type { Intent } from './intent.ts';
import type { ApprovedPart, PlannedArchive, SeenPart, UntimedPlan } from './plan.ts';
import type { PlanContext } from './planned-steps.ts';
import type { Step } from './step.ts';

/** What a plan is made for: the change's ID, and the moment. */
export interface PlanFor {
  readonly change: string;
  readonly at: string;
  /** A change that has begun may find that all is done but the proof; a new one is refused then. */
  readonly begun: boolean;
}

/** A node that the plan works on, as Kubernetes and the node itself describe it. */
export interface PlanTarget {
  readonly node: NodeFacts;
  readonly target: OpenTarget;
}

/** What a verb has worked out; everything else in a plan is the same for every verb. */
export interface PlanDraft {
  readonly intent: Intent;
  readonly context: PlanContext;
  readonly when: PlanFor;
  /** Every node that is reached over SSH, in the order in which people are shown them. */
  readonly targets: readonly PlanTarget[];
  /** Archives whose content matters to the plan: another one on the bootstrap node makes it stale. */
  readonly archives: readonly Archive[];
  readonly steps: readonly Step[];
  readonly sideEffects: readonly string[];
  readonly seen: Pick<SeenPart, 'findings' | 'warnings' | 'already' | 'space'>;
}

/** The plan of any verb: built here and nowhere else, so that no verb can leave out how its nodes are reached. */
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
