import type { Refusal } from '../answers/refusal.ts';
import type { Change, Proof } from '../change/change.ts';
import type { PlacedCopy } from '../change/placed-copies.ts';
import type { Facts, KubeFacts } from '../cluster/facts.ts';
import type { WantedFile } from '../cluster/target-query.ts';
import type { IntentOf, Verb } from '../plan/intent.ts';
import type { PlanFor } from '../plan/parts.ts';
import type { Plan, UntimedPlan } from '../plan/plan.ts';
import type { Reach } from '../plan/reach.ts';
import type { Markup } from '../text/markup.ts';
import type { ChangeWish } from '../typed/change-wish.ts';
import type { CommandContext } from '../typed/cluster.ts';
import type { Flag, Switch, TypedWords } from '../typed/flags.ts';
import type { Takes } from '../typed/unquoted-reason.ts';

/** What the worker's journal knows about the change to undo. */
export interface JournalRecord {
  /** Null if the journal does not have it. */
  readonly change: Change | null;
  /** Changes that were started after it, oldest first. */
  readonly later: readonly Change[];
}

/** What an inspection searches for on the targets, beside what every inspection reads. */
export interface TargetSearch {
  /** By content, instead of the archives of the bootstrap node. */
  readonly archives?: readonly WantedFile[];
  /** Other files, by content; each on its node only. */
  readonly others?: readonly PlacedCopy[];
  readonly paths?: readonly string[];
  /** Whether a drill keeps the bootstrap's registry away. */
  readonly drillSwitch?: true;
  /** With `files`, Salt, engines and registries are not asked. */
  readonly reach?: Reach;
}

/** What the worker knows beside the cluster. */
export interface Known {
  /** About the change to undo; null for other verbs. */
  readonly record: JournalRecord | null;
  /** Files that the worker's copies put on nodes, as far as the journal has them; empty for verbs that do not ask. */
  readonly copies: readonly PlacedCopy[];
}

/** The input of a plan. */
export interface PlanInput extends Known {
  readonly facts: Facts;
  readonly when: PlanFor;
}

/** A verb in a form. */
export interface InForm {
  readonly label: string;
  /** The nodes that it is for. */
  readonly on: 'nodes-with-registry' | 'nodes-without-registry';
  /** What no node means; null for a verb that needs one. */
  readonly withoutNodes: string | null;
}

/** The implementation of a verb. No other code branches on a verb's name. */
export interface VerbPlug<V extends Verb> {
  /** Examples for the help, one line each. */
  readonly usage: (markup: Markup) => readonly string[];
  /** The kind of its arguments. */
  readonly takes: Takes;
  /** Its options with a value, beside those of every verb. */
  readonly valued: readonly Flag[];
  /** Its options without a value. */
  readonly switches: readonly Switch[];
  readonly parse: (words: TypedWords, context: CommandContext) => ChangeWish | Refusal;
  /** How a form offers it; null for a verb that is only typed or clicked. */
  readonly form: InForm | null;
  /** Whether the worker records the state of the nodes before the first step, so that an undo can keep what existed. */
  readonly notesBefore: boolean;
  /** The request with the nodes that it means in this cluster, which its plan then names. */
  readonly settle: (intent: IntentOf<V>, kube: KubeFacts) => IntentOf<V> | Refusal;
  /** Whether its plan depends on which files the worker has copied. */
  readonly asksForCopies: boolean;
  readonly searchFor: (known: Known) => TargetSearch;
  /** Makes the plan. The same input gives the same plan, byte for byte. */
  readonly plan: (intent: IntentOf<V>, input: PlanInput) => UntimedPlan | Refusal;
  readonly words: VerbWords<V>;
}

/** A request that names its nodes, and has no options of its own. */
export const ORDINARY = {
  valued: [],
  switches: [],
  settle: <I>(intent: I): I => intent,
  asksForCopies: false,
  searchFor: (): TargetSearch => ({}),
} as const;

/** Texts about a verb's changes. */
export interface VerbWords<V extends Verb> {
  /** The nodes that the change affects, as far as known. */
  readonly nodes: (change: ChangeOf<V>) => readonly string[];
  /** The purpose, as a heading: `Add a registry on node-2`. */
  readonly aim: (change: ChangeOf<V>) => string;
  /** The effect of an approval, in one short sentence for a dialog. */
  readonly effect: (change: ChangeOf<V>) => string;
  /** The plan's effect, as the start of a sentence. */
  readonly summary: (change: ChangeOf<V>, plan: Plan, markup: Markup) => string;
  /** The result of the proof. */
  readonly proved: (change: ChangeOf<V>, proof: Proof, markup: Markup) => string;
  /** What an operator must know after the change. */
  readonly afterwards: (change: ChangeOf<V>, markup: Markup) => string;
  /** What a completed change does not cover; null if there is nothing to say. */
  readonly limits: string | null;
  /** How to complete a cancelled change, as the start of a sentence. */
  readonly toFinish: (intent: IntentOf<V>, markup: Markup) => string;
}

/** The part of a change that a verb's texts depend on. */
export interface ChangeOf<V extends Verb> extends Pick<Change, 'plan'> {
  readonly intent: IntentOf<V>;
}
