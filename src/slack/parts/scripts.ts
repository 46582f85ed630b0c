import { type Command, shellQuote } from '../../domain/node-commands/command.ts';
import type { Step } from '../../domain/plan/step.ts';

/** Texts of shell scripts that a plan's commands carry as a word, each with the name it goes by on the card. */
export type Scripts = ReadonlyMap<string, string>;

/** The scripts of these steps, named in the order in which they come: `SCRIPT_A`, `SCRIPT_B` … */
export function scriptsOf(steps: readonly Step[]): Scripts {
  const words = steps.flatMap(({ commands }) => commands.flatMap(({ command }) => command.args));
  const texts = [...new Set(words.filter((word) => word.includes('\n')))];
  return new Map(texts.map((text, index) => [text, `SCRIPT_${String.fromCharCode(65 + (index % 26))}`]));
}

/** The command line with each script by its name; every other word as it is sent. */
export function renderNamed({ program, args }: Command, scripts: Scripts): string {
  return [program, ...args].map((word) => namedWord(word, scripts)).join(' ');
}

function namedWord(word: string, scripts: Scripts): string {
  const name = scripts.get(word);
  return name === undefined ? shellQuote(word) : `"$${name}"`;
}
