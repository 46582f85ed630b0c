import { WrongConfig } from '../config/read-config.ts';
import { Failure } from '../domain/answers/failure.ts';
import { printable } from '../domain/text/printable.ts';

/** The exit code of a command for people; what broke is told in a sentence, with what to do, and is 1. */
export async function orExplained(print: (line: string) => void, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    return explain(error, print);
  }
}

/** Says what broke, for people, and gives the exit code 1; throws again what is a defect. */
export function explain(error: unknown, print: (line: string) => void): 1 {
  for (const line of sentences(error)) print(printable(line));
  return 1;
}

function sentences(error: unknown): readonly string[] {
  if (error instanceof Failure) {
    const { where, what, next } = error.report();
    return [`${where}: ${what} ${next}`];
  }
  if (error instanceof WrongConfig) return error.message.split('\n');
  // Node's own errors of the file system name file and reason; anything else is a defect and keeps its stack.
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return [`${error.message}. Check the path, and whether you may read and write there.`];
}
