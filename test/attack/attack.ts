import type { AttackStage, Target } from './stage/attack-stage.ts';
import type { Folder } from './stage/folder.ts';

interface Described {
  readonly name: string;
  /** What the attacker tries. */
  readonly tries: string;
}

/** An attack on one part of the product, in its own folder. `stopped` returns the evidence in a sentence. */
export type PartAttack = Described & {
  readonly on: 'part';
  readonly stopped: (folder: Folder) => Promise<string>;
};

/** An attack on a process of the sandbox. `stopped` returns the evidence in a sentence. */
export type StageAttack = Described & {
  readonly on: 'bot' | 'worker';
  readonly stopped: (stage: AttackStage) => Promise<string>;
  /** Commands may run on the cluster, because an approver approves a change. */
  readonly runs?: true;
  /** Restarts the process, so another one answers afterwards. */
  readonly restarts?: true;
};

export type Attack = PartAttack | StageAttack;

/** Attacks with one goal, in the order in which they build on each other. */
export type Family = readonly Attack[];

/** An attack on the worker while an unapproved plan exists. */
export const besideAPlan = (
  name: string,
  tries: string,
  stopped: (stage: AttackStage, target: Target) => Promise<string>,
): Attack => ({ on: 'worker', name, tries, stopped: async (stage) => stopped(stage, await stage.planned()) });
