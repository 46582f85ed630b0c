import type { Progress } from '../../domain/change/change.ts';
import type { Archive } from '../../domain/cluster/archive.ts';
import type { NodeAccess } from '../../domain/cluster/facts.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Kubernetes, Registries } from '../../ports/cluster.ts';
import type { Copier } from '../../ports/copier.ts';
import type { NodeShell, TargetNodes } from '../../ports/nodes.ts';
import type { Salt } from '../../ports/salt.ts';

/** The ports that steps work with. */
export interface StepTools {
  readonly clock: Clock;
  readonly copier: Copier;
  readonly kubernetes: Kubernetes;
  readonly registries: Registries;
  readonly salt: Salt;
  /** For the plain commands of an undo, each as the plan shows it. */
  readonly shell: Pick<NodeShell, 'run'>;
  readonly targets: TargetNodes;
}

/** What steps work with: ports, what is known of the cluster, and where progress is reported. */
export interface StepWorld extends StepTools {
  /** SSH access and registry address of a node of the plan. */
  readonly accessTo: (node: string) => NodeAccess;
  readonly addressOf: (node: string) => string;
  /** The archives as they are on the bootstrap node now, images included. */
  readonly archives: readonly Archive[];
  /** Tells how far the running step is; never waits and never fails. */
  readonly onProgress: (progress: Omit<Progress, 'step' | 'at'>) => void;
  /** Puts a job id on the journal; resolves when it is on disk. */
  readonly onJob: (jid: Jid) => Promise<void>;
  /** Nothing of the step is under way: throws when somebody has asked to cancel. */
  readonly throwIfCancelled: () => void;
  /** Names the Salt runs of this step: the same when it goes on after an interruption, another one for a retry. */
  readonly runName: string;
  /** The job that this step started before the worker was interrupted. */
  readonly startedJob: Jid | undefined;
}

/** Where the Salt runs of a step are found. */
export type StepRuns = Pick<StepWorld, 'salt' | 'accessTo' | 'runName'>;

/** What a look found: so (with a word for the thread, and the proof where there is one), or not so and why. */
export type Finding<P = undefined> =
  | { readonly is: 'satisfied'; readonly note?: string; readonly proof?: P }
  | { readonly is: 'unsatisfied'; readonly says: string };

export const satisfied = (note?: string): Finding<never> =>
  note === undefined ? { is: 'satisfied' } : { is: 'satisfied', note };
export const unsatisfied = (says: string): Finding<never> => ({ is: 'unsatisfied', says });
