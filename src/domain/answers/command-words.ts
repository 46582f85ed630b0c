import { type Command, type CommandResult, render } from '../node-commands/command.ts';
import { type Ended, endInWords } from '../node-commands/ended.ts';
import { type FailureReport, lastOf } from './failure-report.ts';
import { NOT_REPEATED, RETRY_HINT } from './retry-hint.ts';

/** The report of a command that failed. */
export function commandWords(command: Command, result: CommandResult): Pick<FailureReport, 'what' | 'next' | 'detail'> {
  const output = lastOf(result.stderr || result.stdout);
  return {
    what: `\`${inOneLine(command)}\` ${endInWords(result.ended)}.`,
    next: `${nextStep(result.ended)} Then ${RETRY_HINT}. ${NOT_REPEATED}`,
    ...(output === '' ? {} : { detail: output }),
  };
}

/** The command on one line. A script is shortened to its first line, which says what it does. */
function inOneLine({ program, args }: Command): string {
  return render({ program, args: args.map((word) => (word.includes('\n') ? `${word.split('\n')[0]} …` : word)) });
}

function nextStep({ is }: Ended): string {
  switch (is) {
    case 'exit':
      return 'Run the command on that node to see the error, and fix the cause.';
    case 'signal':
      return 'Find out what killed it. `journalctl -k` shows whether the node ran out of memory.';
    case 'timeout':
      return 'It may still be running on that node. Find it with `ps`, and check what it waits for.';
    case 'too-much-output':
      return 'Run the command on that node to see its output, and fix the cause.';
    case 'connection-lost':
    case 'unknown':
      return 'It may still be running on that node. Check the connection, and find it with `ps`.';
  }
}
