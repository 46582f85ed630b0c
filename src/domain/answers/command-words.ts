import { type Command, type CommandResult, render } from '../node-commands/command.ts';
import { type Ended, endInWords } from '../node-commands/ended.ts';
import { type FailureReport, lastOf } from './failure-report.ts';
import { RETRY_HINT } from './retry-hint.ts';

/** A command that ended in another way than it should, in sentences. */
export function commandWords(command: Command, result: CommandResult): Pick<FailureReport, 'what' | 'next' | 'detail'> {
  const said = lastOf(result.stderr || result.stdout);
  return {
    what: `\`${inOneLine(command)}\` ${endInWords(result.ended)}.`,
    next: `${whatNow(result.ended)} Then ${RETRY_HINT}: what is done stays done.`,
    ...(said === '' ? {} : { detail: said }),
  };
}

/** The command line for a sentence: of a script only its first line, which says what it does. */
function inOneLine({ program, args }: Command): string {
  return render({ program, args: args.map((word) => (word.includes('\n') ? `${word.split('\n')[0]} …` : word)) });
}

/** What to do about a command that ended like this. */
function whatNow({ is }: Ended): string {
  switch (is) {
    case 'exit':
      return 'Run the command there to see why it fails, and fix the cause.';
    case 'signal':
      return 'Find out what killed it: `journalctl -k` shows whether the memory ran short.';
    case 'timeout':
      return 'It may still run there: find it with `ps`, and what it waits for.';
    case 'too-much-output':
      return 'Run the command there to see what it prints, and fix the cause.';
    case 'connection-lost':
    case 'unknown':
      return 'It may still run there: check the connection, and find it with `ps`.';
  }
}
