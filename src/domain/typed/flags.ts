import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { ENGINE_ORDERS, type EngineOrder } from '../plan/intent.ts';
import { clipped } from '../text/clipped.ts';
import { listed } from '../text/format.ts';
import { nearest } from '../text/nearest.ts';
import { plainFlag, plainWord } from './plain.ts';
import { reasonFrom } from './reason.ts';
import type { Word } from './tokenize.ts';
import { type Takes, unquotedReason } from './unquoted-reason.ts';

/** The options of a command. */
export interface Options<Valued extends string, Turned extends string> {
  /** Options with a value after them. */
  readonly valued: readonly Valued[];
  /** Options without a value. */
  readonly switches: readonly Turned[];
  /** How the command is typed, for refusals. */
  readonly example: string;
}

/** The words of a command, sorted into names and options. */
export interface SortedWords<Valued extends string, Turned extends string> {
  readonly plain: readonly string[];
  readonly flags: ReadonlyMap<Valued, string>;
  readonly switches: ReadonlySet<Turned>;
  /** Words after an unquoted reason; not in `plain`. */
  readonly behindReason: readonly string[];
}

/** Options with a value of every command that changes or blocks something. */
const SHARED = ['--cluster', '--reason'] as const;

/** Options with a value; those that are not shared belong to some verbs only. */
export type Flag = (typeof SHARED)[number] | '--engines' | '--for';

/** Options without a value; each belongs to some verbs only, `--dry-run` to all. */
export type Switch = '--keep-isos' | '--last' | '--dry' | '--dry-run';

/** Each switch in a form. */
export const SWITCH_LABELS: Readonly<Record<Switch, string>> = {
  '--keep-isos': 'Keep the ISO files on the nodes',
  '--last': 'Also the last registry beside the bootstrap’s',
  '--dry': 'Only prove: take nothing away',
  '--dry-run': 'Only show me the plan: request nothing',
};

/** Each order of the engines in a form. */
export const ENGINE_LABELS: Readonly<Record<EngineOrder, string>> = {
  all: 'All at about the same time',
  rolling: 'One node after another',
};

/** The words after a verb. */
export type TypedWords = SortedWords<Flag, Switch>;

/** A command that takes a reason. */
interface Reasoned {
  readonly verb: string;
  readonly takes: Takes;
  /** True if the command can be given without a name, too. */
  readonly mayNameNone?: boolean;
  readonly valued?: readonly Flag[];
  readonly switches?: readonly Switch[];
  readonly example: string;
}

/** Sorts the words after a verb. A reason must be in quotes if more words follow it. */
export function typedWords(command: Reasoned, words: readonly Word[]): TypedWords | Refusal {
  const { valued = [], switches = [], example } = command;
  const sorted = sortedWords(words, { valued: [...SHARED, ...valued], switches, example });
  if (isRefusal(sorted) || sorted.behindReason.length === 0) return sorted;
  const { plain: names, flags, behindReason: behind } = sorted;
  const [cluster, first = ''] = [flags.get('--cluster'), flags.get('--reason')];
  const own = valued.flatMap((flag) => (flags.has(flag) ? [flag, flags.get(flag) ?? ''] : []));
  return unquotedReason({ ...command, names, switches: [...sorted.switches, ...own], cluster, first, behind });
}

/** Sorts the words behind a command by its options. Refuses an unknown option, one that is given twice, and a missing value. */
export function sortedWords<Valued extends string, Turned extends string>(
  words: readonly Word[],
  options: Options<Valued, Turned>,
): SortedWords<Valued, Turned> | Refusal {
  const plain: string[] = [];
  const flags = new Map<Valued, string>();
  const switches = new Set<Turned>();
  const behindReason: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const turned = options.switches.find((one) => one === plainFlag(word.text).toLowerCase());
    if (turned !== undefined) switches.add(turned);
    else if (!isFlag(word)) plain.push(word.text);
    else {
      const valued = valuedFlag(word, rest, flags, options);
      if (typeof valued === 'string') return refuse('bad-command', valued, `For example: ${options.example}`);
      flags.set(valued.flag, valued.given.text);
      if (valued.flag === '--reason' && !valued.given.isQuoted) behindReason.push(...upToFlag(rest));
    }
  }
  return { plain, flags, switches, behindReason };
}

/** A flag and its value, which may be the next word of `rest`; else what is wrong with it. */
function valuedFlag<Valued extends string>(
  word: Word,
  rest: Word[],
  before: ReadonlyMap<Valued, string>,
  { valued, switches }: Options<Valued, string>,
): { readonly flag: Valued; readonly given: Word } | string {
  const [name, value] = nameAndValue(plainFlag(word.text));
  const flag = valued.find((one) => one === name.toLowerCase());
  if (flag === undefined) return unknownFlag(name, valued, switches);
  if (before.has(flag)) return `${flag} is given twice.`;
  const given = value === undefined ? rest.shift() : { ...word, text: value };
  const isMissing = given === undefined || (value === undefined && plainFlag(given.text).startsWith('--'));
  if (isMissing || (given.text === '' && !given.isQuoted))
    return `${flag} needs a value after it${flag === '--reason' ? ', in quotes' : ''}.`;
  return { flag, given };
}

/** The typed reason as a member of a wish; empty without one. */
export function reasonIn({ flags }: Pick<TypedWords, 'flags'>): { readonly reason?: string } | Refusal {
  const typed = flags.get('--reason');
  if (typed === undefined) return {};
  const reason = reasonFrom(typed);
  return isRefusal(reason) ? reason : { reason };
}

/** The typed reason and order of the engines, as members of an intent; empty without any. */
export function detailsIn(
  words: Pick<TypedWords, 'flags'>,
): { readonly reason?: string; readonly engines?: EngineOrder } | Refusal {
  const typed = words.flags.get('--engines');
  const engines = ENGINE_ORDERS.find((one) => one === plainWord(typed ?? '').toLowerCase());
  if (typed !== undefined && engines === undefined) {
    const says = `--engines takes “all” or “rolling”, not “${clipped(typed)}”.`;
    return refuse('bad-command', says, 'To reconfigure the engines node by node: --engines rolling');
  }
  const reason = reasonIn(words);
  return isRefusal(reason) ? reason : { ...(engines === undefined ? {} : { engines }), ...reason };
}

const isFlag = ({ text }: Word): boolean => plainFlag(text).startsWith('-');

/** Removes and returns the words of `rest` before the next flag. */
function upToFlag(rest: Word[]): readonly string[] {
  const flag = rest.findIndex(isFlag);
  return rest.splice(0, flag === -1 ? rest.length : flag).map(({ text }) => text);
}

function nameAndValue(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** The sentence about an option that the command does not have, with the one that was probably meant, or all. */
function unknownFlag(typed: string, valued: readonly string[], switches: readonly string[]): string {
  if (switches.includes(typed.toLowerCase())) return `${typed.toLowerCase()} takes no value.`;
  const known = [...valued, ...switches];
  const meant = nearest(`--${typed.toLowerCase().replace(/^-+/, '')}`, known);
  const all = known.length === 0 ? ' It takes none.' : ` The options are ${listed(known)}.`;
  return `This command has no option “${clipped(typed)}”.${meant === null ? all : ` Did you mean “${meant}”?`}`;
}
