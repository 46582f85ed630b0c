import type { Drilled, Progress } from '../../domain/change/change.ts';
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
  /** For the plain commands of an undo, exactly as the plan shows them. */
  readonly shell: Pick<NodeShell, 'run'>;
  readonly targets: TargetNodes;
}

/** Everything that steps work with: ports, known facts of the cluster, and progress. */
export interface StepWorld extends StepTools {
  /** SSH access and registry address of a node of the plan. */
  readonly accessTo: (node: string) => NodeAccess;
  readonly addressOf: (node: string) => string;
  /** The archives on the bootstrap node now, with their images. */
  readonly archives: readonly Archive[];
  /** Reports the running step's progress; never waits and never fails. */
  readonly onProgress: (progress: Omit<Progress, 'step' | 'at'>) => void;
  /** Writes a job ID to the journal; resolves when it is on disk. */
  readonly onJob: (jid: Jid) => Promise<void>;
  /** Aborts with a requested cancel; for waits that may end at once. */
  readonly cancelled: AbortSignal;
  /** Called where the step can stop safely. Throws if a person has requested a cancel. */
  readonly throwIfCancelled: () => void;
  /** Names the Salt runs of this step. Resuming after an interruption keeps the name; a retry gets a new one. */
  readonly runName: string;
  /** The job that this step started before the worker was interrupted. */
  readonly startedJob: Jid | undefined;
  /** What this change's drill did before the worker was interrupted; it must not be repeated. */
  readonly drilled?: Drilled;
}

/** How to find the Salt runs of a step. */
export type StepRuns = Pick<StepWorld, 'salt' | 'accessTo' | 'runName'>;

/** The result of a check: satisfied, with a note for the thread and sometimes the proof; or unsatisfied, with the reason. */
export type Finding<P = undefined> =
  | { readonly is: 'satisfied'; readonly note?: string; readonly proof?: P }
  | { readonly is: 'unsatisfied'; readonly says: string; readonly where?: string };

export const satisfied = (note?: string): Finding<never> =>
  note === undefined ? { is: 'satisfied' } : { is: 'satisfied', note };
/** `where`: the nodes at fault, unless it is the step's node. */
export const unsatisfied = (says: string, where?: string): Finding<never> =>
  where === undefined ? { is: 'unsatisfied', says } : { is: 'unsatisfied', says, where };
