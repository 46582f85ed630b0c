import { type Command, CommanderError, InvalidArgumentError } from 'commander';

const WRONG_USE = 2;

/** Runs a command line. A wrong option or value is explained, with exit code 2; help exits 0. */
export async function runCommandLine(command: Command): Promise<void> {
  for (const one of [command, ...command.commands]) {
    one.exitOverride().configureOutput({ outputError: (text, write) => write(explained(text, one)) });
  }
  try {
    await command.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USE;
  }
}

/** Rewrites commander's messages: they begin with `error: ` in lower case, with the suggestion on a separate line. */
function explained(text: string, command: Command): string {
  const sentence = text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ');
  const whole = /[.?)]$/.test(sentence) ? sentence : `${sentence}.`;
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}\n\`${pathOf(command)} --help\` lists the options.\n`;
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

/** Reads a number greater than 0. Throws InvalidArgumentError. */
export function positive(word: string): number {
  const number = Number(word);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number greater than 0.');
}

/** Reads a whole number of this range, named by `what`. Throws InvalidArgumentError. */
export const wholeNumber =
  (least: number, most: number, what = 'a whole number') =>
  (word: string): number => {
    const number = Number(word);
    if (/^\d+$/.test(word) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be ${what} from ${least} to ${most}.`);
  };
