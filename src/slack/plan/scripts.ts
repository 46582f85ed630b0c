import { type Command, shellQuote } from '../../domain/node-commands/command.ts';
import type { Step } from '../../domain/plan/step.ts';

/** Shell scripts in the commands of a plan, with their names on the card. */
export type Scripts = ReadonlyMap<string, string>;

/** The scripts of these steps, named in order: `SCRIPT_A`, `SCRIPT_B` … */
export function scriptsOf(steps: readonly Step[]): Scripts {
  const words = steps.flatMap(({ commands }) => commands.flatMap(({ command }) => command.args));
  const texts = [...new Set(words.filter((word) => word.includes('\n')))];
  return new Map(texts.map((text, index) => [text, `SCRIPT_${String.fromCharCode(65 + (index % 26))}`]));
}

/** The command line with names instead of scripts. */
export function renderNamed({ program, args }: Command, scripts: Scripts): string {
  return [program, ...args].map((word) => namedWord(word, scripts)).join(' ');
}

function namedWord(word: string, scripts: Scripts): string {
  const name = scripts.get(word);
  return name === undefined ? shellQuote(word) : `"$${name}"`;
}
