import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import { type ChangeId, changeIdFrom } from '../change/change-id.ts';
import { noSuchOption } from '../typed/flags.ts';
import { plainFlag } from '../typed/plain.ts';
import type { Word } from '../typed/tokenize.ts';

/** The options of a command: those with a value after them, those without, and those that exclude one another. */
export interface Options<Valued extends string, Switch extends string> {
  readonly valued: readonly Valued[];
  readonly switches: readonly Switch[];
  /** How the command is typed, for refusals. */
  readonly example: string;
}

/** The words of a command, sorted. */
export interface OptionWords<Valued extends string, Switch extends string> {
  readonly plain: readonly string[];
  readonly values: ReadonlyMap<Valued, string>;
  readonly switches: ReadonlySet<Switch>;
}

/** Sorts the words behind a command by its options. Refuses an unknown option, one that is given twice, and a missing value. */
export function optionWords<Valued extends string, Switch extends string>(
  words: readonly Word[],
  options: Options<Valued, Switch>,
): OptionWords<Valued, Switch> | Refusal {
  const sorted = { plain: [] as string[], values: new Map<Valued, string>(), switches: new Set<Switch>() };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const typed = plainFlag(word.text);
    const one = options.switches.find((known) => known === typed.toLowerCase());
    if (one !== undefined) sorted.switches.add(one);
    else if (!typed.startsWith('-')) sorted.plain.push(word.text);
    else {
      const wrong = takeValue(typed, rest, options, sorted.values);
      if (wrong !== null) return refuse('bad-command', wrong, `For example: ${options.example}`);
    }
  }
  return sorted;
}

/** Notes the option and the value in it or behind it; else says what is wrong. */
function takeValue<Valued extends string>(
  typed: string,
  rest: Word[],
  { valued, switches }: Options<Valued, string>,
  values: Map<Valued, string>,
): string | null {
  const [name = '', ...behind] = typed.split('=');
  const flag = valued.find((known) => known === name.toLowerCase());
  if (flag === undefined) return noSuchOption(name, [...valued, ...switches]);
  if (values.has(flag)) return `${flag} is given twice.`;
  const value = behind.length > 0 ? behind.join('=') : rest.shift()?.text;
  if (value === undefined || value === '' || value.startsWith('--')) return `${flag} needs a value after it.`;
  values.set(flag, value);
  return null;
}

/** The only word behind a question that takes one change. */
export function oneChange(
  words: readonly Word[],
  question: string,
  example: string,
  clusters: readonly string[],
): ChangeId | Refusal {
  const typed = optionWords(words, { valued: [], switches: [], example });
  if (isRefusal(typed)) return typed;
  const [first, ...more] = typed.plain;
  if (first === undefined || more.length > 0)
    return refuse('bad-command', `${question} takes one change ID.`, `For example: ${example}`);
  return changeIdFrom(first, clusters, `Copy the ID from the card. For example: ${example}`);
}
