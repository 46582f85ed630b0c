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

/** The words after a verb, sorted into names and flags. */
export interface TypedWords {
  readonly plain: readonly string[];
  readonly flags: ReadonlyMap<Flag, string>;
  /** Words after an unquoted reason; not in `plain`. */
  readonly behindReason: readonly string[];
}

/** Sorts the words after a verb. A reason must be in quotes if more words follow it. */
export function typedWords(
  command: { readonly verb: string; readonly takes: Takes },
  words: readonly Word[],
): TypedWords | Refusal {
  const sorted = sortedWords(words);
  if (isRefusal(sorted) || sorted.behindReason.length === 0) return sorted;
  const { plain: names, flags, behindReason: behind } = sorted;
  const [cluster, first = ''] = [flags.get('--cluster'), flags.get('--reason')];
  return unquotedReason({ ...command, names, cluster, first, behind });
}

/** The same, for commands that accept no reason, quoted or not. */
export function sortedWords(words: readonly Word[]): TypedWords | Refusal {
  const plain: string[] = [];
  const flags = new Map<Flag, string>();
  const behindReason: string[] = [];
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (!isFlag(word)) {
      plain.push(word.text);
      continue;
    }
    const [name, value] = nameAndValue(plainFlag(word.text));
    const flag = FLAGS.find((known) => known === name.toLowerCase());
    if (flag === undefined) return unknownFlag(name);
    if (flags.has(flag)) return bad(`${flag} is given twice.`);
    const given = value === undefined ? valueBehind(flag, rest) : { ...word, text: value };
    if (isRefusal(given)) return given;
    flags.set(flag, given.text);
    if (flag === '--reason' && !given.isQuoted) behindReason.push(...upToFlag(rest));
  }
  return { plain, flags, behindReason };
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

function unknownFlag(flag: string): Refusal {
  const meant = nearest(`--${flag.toLowerCase().replace(/^-+/, '')}`, FLAGS);
  const question = meant === null ? ` The options are ${listed(FLAGS)}.` : ` Did you mean “${meant}”?`;
  return bad(`There is no option “${clipped(flag)}”.${question}`);
}

const needsValue = (flag: Flag): Refusal =>
  bad(`${flag} needs a value after it${flag === '--reason' ? ', in quotes' : ''}.`);

const bad = (says: string): Refusal => refuse('bad-command', says, EXAMPLE);
