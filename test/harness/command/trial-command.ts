import { Command } from 'commander';
import { wholeNumber } from '../../../sandbox/command/command-line.ts';
import { printLine, sayBeside, untilStopped } from '../../../sandbox/command/until-stopped.ts';
import type { TrialOptions } from '../trials/options.ts';

/** The description of a suite of trials for its command line. */
export interface Suite {
  readonly name: 'chaos' | 'attack' | 'test:mutation';
  readonly description: string;
  /** The word for one trial, such as `scenario`. */
  readonly one: string;
  /** What the seed decides, and its default; null when nothing is random. */
  readonly seed: { readonly about: string; readonly usual: string | null } | null;
  /** Present if the suite draws pairs of its trials. */
  readonly pairs?: { readonly about: string; readonly usual: number };
  readonly atOnce: { readonly about: string; readonly usual: number };
  /** Runs the suite and returns the exit code. */
  run(options: TrialOptions): Promise<number>;
}

interface Words {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly only?: string;
  readonly seed?: string;
  readonly pairs?: number;
  readonly atOnce: number;
}

/** More sandboxes than this use up the ports and memory of the computer. */
const MOST_AT_ONCE = 16;
/** A night's work. */
const MOST_PAIRS = 1000;
const ABOUT_JSON = 'print the result as one JSON line on standard output; everything else goes to standard error';

/** The command line of a suite: `npm run NAME -- [options]`. */
export function trialCommand({ name, description, one, seed, pairs, atOnce, run }: Suite): Command {
  const aboutOnly = `run only the ${one} of this name, or each whose name contains it; separate several with |`;
  const command = new Command(`npm run ${name} --`)
    .description(`${description}\n\nExits 0 if every ${one} passed, 1 if not, 2 for wrong usage.`)
    .option('--json', ABOUT_JSON)
    .option('--list', `print the name of each ${one}, and run none`)
    .option('--only <names>', aboutOnly)
    .option('--at-once <n>', atOnce.about, wholeNumber(1, MOST_AT_ONCE), atOnce.usual)
    .action((words: Words) => untilStopped((signal) => run(optionsOf(words, signal))));
  if (pairs !== undefined) command.option('--pairs <n>', pairs.about, wholeNumber(0, MOST_PAIRS), pairs.usual);
  return seed === null ? command : command.option('--seed <text>', seed.about, seed.usual ?? undefined);
}

function optionsOf(
  { json = false, list = false, only = '', seed, pairs, atOnce }: Words,
  signal: AbortSignal,
): TrialOptions {
  const drawn = pairs === undefined ? {} : { pairs };
  return { json, list, only, seed: seed ?? null, ...drawn, atOnce, signal, say: sayBeside(json), print: printLine };
}
