import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { clipped } from '../text/clipped.ts';
import { listed } from '../text/format.ts';
import { nearest } from '../text/nearest.ts';
import { EXAMPLE } from './example.ts';
import { plainFlag } from './plain.ts';
import { reasonFrom } from './reason.ts';
import type { Word } from './tokenize.ts';
import { type Takes, unquotedReason } from './unquoted-reason.ts';

const FLAGS = ['--cluster', '--reason'] as const;
type Flag = (typeof FLAGS)[number];

/** Options without a value; each belongs to some verbs only. */
const SWITCHES = ['--keep-isos', '--last', '--dry'] as const;
export type Switch = (typeof SWITCHES)[number];

/** The words after a verb, sorted into names and flags. */
export interface TypedWords {
  readonly plain: readonly string[];
  readonly flags: ReadonlyMap<Flag, string>;
  readonly switches: ReadonlySet<Switch>;
  /** Words after an unquoted reason; not in `plain`. */
  readonly behindReason: readonly string[];
}

/** Sorts the words after a verb. A reason must be in quotes if more words follow it. */
export function typedWords(
  command: { readonly verb: string; readonly takes: Takes; readonly switches?: readonly Switch[] },
  words: readonly Word[],
): TypedWords | Refusal {
  const sorted = sortedWords(words, command.switches);
  if (isRefusal(sorted) || sorted.behindReason.length === 0) return sorted;
  const { plain: names, flags, behindReason: behind } = sorted;
  const [cluster, first = ''] = [flags.get('--cluster'), flags.get('--reason')];
  return unquotedReason({ ...command, names, switches: [...sorted.switches], cluster, first, behind });
}

/** The same, for commands that accept no reason, quoted or not. `known`: the switches of the command. */
export function sortedWords(words: readonly Word[], known: readonly Switch[] = []): TypedWords | Refusal {
  const plain: string[] = [];
  const flags = new Map<Flag, string>();
  const switches = new Set<Switch>();
  const behindReason: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const turned = known.find((one) => one === plainFlag(word.text).toLowerCase());
    if (turned !== undefined) switches.add(turned);
    else if (!isFlag(word)) plain.push(word.text);
    else {
      const valued = valuedFlag(word, rest, flags, known);
      if (isRefusal(valued)) return valued;
      flags.set(valued.flag, valued.given.text);
      if (valued.flag === '--reason' && !valued.given.isQuoted) behindReason.push(...upToFlag(rest));
    }
  }
  return { plain, flags, switches, behindReason };
}

/** A flag and its value, which may be the next word of `rest`; refused if it is in `before`. */
function valuedFlag(
  word: Word,
  rest: Word[],
  before: ReadonlyMap<Flag, string>,
  known: readonly Switch[],
): { readonly flag: Flag; readonly given: Word } | Refusal {
  const [name, value] = nameAndValue(plainFlag(word.text));
  const flag = FLAGS.find((one) => one === name.toLowerCase());
  if (flag === undefined) return unknownFlag(name, known);
  if (before.has(flag)) return bad(`${flag} is given twice.`);
  const given = value === undefined ? valueBehind(flag, rest) : { ...word, text: value };
  return isRefusal(given) ? given : { flag, given };
}

/** The typed reason as a member of a wish; empty without one. */
export function reasonIn({ flags }: TypedWords): { readonly reason?: string } | Refusal {
  const typed = flags.get('--reason');
  if (typed === undefined) return {};
  const reason = reasonFrom(typed);
  return isRefusal(reason) ? reason : { reason };
}

function valueBehind(flag: Flag, rest: Word[]): Word | Refusal {
  const next = rest.shift();
  return next === undefined || plainFlag(next.text).startsWith('--') ? needsValue(flag) : next;
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

function unknownFlag(flag: string, known: readonly Switch[]): Refusal {
  const other = SWITCHES.find((one) => one === flag.toLowerCase());
  if (other !== undefined && known.includes(other)) return bad(`${other} takes no value.`);
  if (other !== undefined)
    return bad(`This command does not take ${other}. The options are ${listed([...FLAGS, ...known])}.`);
  return bad(noSuchOption(flag, [...FLAGS, ...known]));
}

/** The sentence about an option that the command does not know, with the one that was probably meant, or all. */
export function noSuchOption(typed: string, known: readonly string[]): string {
  const meant = nearest(`--${typed.toLowerCase().replace(/^-+/, '')}`, known);
  const question = meant === null ? ` The options are ${listed(known)}.` : ` Did you mean “${meant}”?`;
  return `There is no option “${clipped(typed)}”.${question}`;
}

const needsValue = (flag: Flag): Refusal =>
  bad(`${flag} needs a value after it${flag === '--reason' ? ', in quotes' : ''}.`);

const bad = (says: string): Refusal => refuse('bad-command', says, EXAMPLE);
