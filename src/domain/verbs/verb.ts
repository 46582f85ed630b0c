import type { Refusal } from '../answers/refusal.ts';
import type { Change, Proof } from '../change/change.ts';
import type { Facts } from '../cluster/facts.ts';
import type { IntentOf, Verb } from '../plan/intent.ts';
import type { PlanFor } from '../plan/parts.ts';
import type { Plan, UntimedPlan } from '../plan/plan.ts';
import type { Markup } from '../text/markup.ts';
import type { ChangeWish } from '../typed/change-wish.ts';
import type { CommandContext } from '../typed/cluster.ts';
import type { TypedWords } from '../typed/flags.ts';
import type { Takes } from '../typed/unquoted-reason.ts';

/** What the worker's own journal holds of another change that this one is about. */
export interface JournalRecord {
  /** Null when the journal does not know it. */
  readonly change: Change | null;
  /** Changes that were started after it, oldest first. */
  readonly later: readonly Change[];
}

/** What is looked for on the targets: archives by their content, and paths at which something may be. */
export interface TargetSearch {
  readonly archives: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  readonly paths: readonly string[];
}

/** All that a plan is made from. */
export interface PlanInput {
  readonly facts: Facts;
  /** Of the change whose work is undone; null when there is none. */
  readonly record: JournalRecord | null;
  readonly when: PlanFor;
}

/** A verb: everything about it is here, and nowhere else is a verb compared with a word. */
export interface VerbPlug<V extends Verb> {
  /** How it is typed, a line each. */
  readonly usage: (markup: Markup) => readonly string[];
  /** What is named behind it. */
  readonly takes: Takes;
  readonly parse: (words: TypedWords, context: CommandContext) => ChangeWish | Refusal;
  /** Is the state of the nodes noted before the first step, so that an undo can leave alone what was there before? */
  readonly notesBefore: boolean;
  /** What is looked for on the targets; null: the archives of the bootstrap node. */
  readonly looksFor: (record: JournalRecord | null) => TargetSearch | null;
  /** Facts in, plan out: the same facts give the same plan, to the byte. */
  readonly plan: (intent: IntentOf<V>, input: PlanInput) => UntimedPlan | Refusal;
  readonly words: VerbWords<V>;
}

/** What people read of a verb's changes. */
export interface VerbWords<V extends Verb> {
  /** The nodes on which something is done, as far as is known. */
  readonly nodes: (change: ChangeOf<V>) => readonly string[];
  /** What the change is about, as a heading: `Add a registry on node-2`. */
  readonly aim: (change: ChangeOf<V>) => string;
  /** What an approval starts, in one short sentence for a dialog. */
  readonly effect: (change: ChangeOf<V>) => string;
  /** What the plan does, in half a sentence. */
  readonly summary: (change: ChangeOf<V>, plan: Plan, markup: Markup) => string;
  /** What the end has proved. */
  readonly proved: (change: ChangeOf<V>, proof: Proof, markup: Markup) => string;
  /** What an operator should know once it is done. */
  readonly afterwards: (change: ChangeOf<V>, markup: Markup) => string;
  /** What a finished change does not cover; null when nothing could be misunderstood. */
  readonly limits: string | null;
  /** How a cancelled change is finished, as the beginning of a sentence. */
  readonly toFinish: (intent: IntentOf<V>, markup: Markup) => string;
}

/** What the words of a verb need to know of a change. */
export interface ChangeOf<V extends Verb> extends Pick<Change, 'plan'> {
  readonly intent: IntentOf<V>;
}
