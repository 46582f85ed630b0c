import { type Command, shellQuote } from '../node-commands/command.ts';
import type { Step } from './step.ts';

/** Shell scripts in the commands of a plan, with their names for people. */
export type Scripts = ReadonlyMap<string, string>;

const LETTERS = 26;

/** The scripts of these steps, named in order: `SCRIPT_A` … `SCRIPT_Z`, `SCRIPT_A2` … */
export function scriptsOf(steps: readonly Step[]): Scripts {
  const words = steps.flatMap(({ commands }) => commands.flatMap(({ command }) => command.args));
  const texts = [...new Set(words.filter((word) => word.includes('\n')))];
  return new Map(texts.map((text, index) => [text, nameOf(index)]));
}

function nameOf(index: number): string {
  const round = Math.floor(index / LETTERS) + 1;
  return `SCRIPT_${String.fromCharCode(65 + (index % LETTERS))}${round === 1 ? '' : round}`;
}

/** The command line with names instead of scripts. */
export function renderNamed({ program, args }: Command, scripts: Scripts): string {
  return [program, ...args].map((word) => namedWord(word, scripts)).join(' ');
}

function namedWord(word: string, scripts: Scripts): string {
  const name = scripts.get(word);
  return name === undefined ? shellQuote(word) : `"$${name}"`;
}
