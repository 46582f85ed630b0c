import { isRefusal, type Refusal } from '../answers/refusal.ts';
import { isNodeName } from '../cluster/node-name.ts';
import type { ClusterNodes } from '../cluster/worker-state.ts';
import type { Verb } from '../plan/intent.ts';
import type { SeenStatus } from '../questions/status/cluster-status.ts';
import { type CommandContext, clusterFrom } from '../typed/cluster.ts';
import { reasonFrom } from '../typed/reason.ts';
import { quoted, type Word } from '../typed/tokenize.ts';
import { wrongNode } from '../typed/wrong-node.ts';
import { verbPlug } from '../verbs/verbs.ts';
import { changeOrPlan } from './parse-command.ts';
import type { Wish } from './wish.ts';

/** A cluster in which the person may request something. */
export interface FormCluster {
  readonly cluster: string;
  /** At least one verb, each with a form. */
  readonly verbs: readonly Verb[];
  /** Null when the worker has not named them a short time ago. */
  readonly nodes: ClusterNodes | null;
  readonly seen: SeenStatus;
}

/** A filled-in form: the parts of a command. */
export interface Form {
  readonly verb: Verb;
  readonly cluster: string | null;
  readonly nodes: readonly string[];
  /** Options as they are typed, `--engines` and its value among them. */
  readonly options: readonly string[];
  /** Empty: none. */
  readonly reason: string;
}

/** The field that an explanation belongs to. */
export type FormField = 'cluster' | 'nodes' | 'options' | 'reason';

export interface WrongField {
  readonly field: FormField;
  readonly refusal: Refusal;
}

/** The wish of a form, read by the parser of typed commands; or what is wrong with one of its fields. */
export function wishOfForm(form: Form, context: CommandContext): Wish | WrongField {
  const { verb, nodes } = form;
  // A word that looks like an option would be read as one.
  const wrong = nodes.find((name) => !isNodeName(name));
  if (wrong !== undefined) return { field: 'nodes', refusal: wrongNode(wrong, verb) };
  const wish = changeOrPlan(verb, wordsOf(form), context);
  return isRefusal(wish) ? { field: fieldOf(form, context), refusal: wish } : wish;
}

export const isWrongField = (read: Wish | WrongField): read is WrongField => 'field' in read;

/** The form as a command that can be typed. */
export const typedForm = (form: Form): string =>
  ['/registry-ha', form.verb, ...wordsOf(form).map(({ text, isQuoted }) => (isQuoted ? quoted(text) : text))].join(' ');

function wordsOf({ cluster, nodes, options, reason }: Form): readonly Word[] {
  const plain = [...nodes, ...options, ...(cluster === null ? [] : ['--cluster', cluster])];
  const words = plain.map((text) => ({ text, isQuoted: false }));
  if (reason.trim() === '') return words;
  return [...words, { text: '--reason', isQuoted: false }, { text: reason.trim(), isQuoted: true }];
}

function fieldOf({ verb, cluster, options, reason }: Form, context: CommandContext): FormField {
  if (reason.trim() !== '' && isRefusal(reasonFrom(reason.trim()))) return 'reason';
  if (isRefusal(clusterFrom(cluster ?? undefined, context))) return 'cluster';
  const { valued, switches } = verbPlug(verb);
  const own: readonly string[] = [
    ...switches,
    '--dry-run',
    ...(valued.length === 0 ? [] : ['--engines', 'all', 'rolling']),
  ];
  return options.some((option) => !own.includes(option)) ? 'options' : 'nodes';
}
