import { WrongConfig } from '../config/read-config.ts';
import { Failure } from '../domain/answers/failure.ts';
import { printable } from '../domain/text/printable.ts';

export type Print = (line: string) => void;

/** Runs a command and returns its exit code; a failure is printed with its way out and returns 1. */
export async function orExplained(print: Print, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    return explain(error, print);
  }
}

/** Prints a failure and returns the exit code 1; rethrows a defect. */
export function explain(error: unknown, print: Print): 1 {
  for (const line of sentences(error)) print(printable(line));
  return 1;
}

function sentences(error: unknown): readonly string[] {
  if (error instanceof Failure) {
    const { where, what, next } = error.report();
    return [`${where}: ${what} ${next}`];
  }
  if (error instanceof WrongConfig) return error.message.split('\n');
  // Node's file system errors name file and reason; anything else is a defect and keeps its stack.
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return [`${error.message}. Check the path and your permissions.`];
}
