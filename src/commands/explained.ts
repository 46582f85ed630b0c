import { WrongConfig } from '../config/read-config.ts';
import { Failure } from '../domain/failure.ts';
import { printable } from '../domain/printable.ts';

/** The exit code of a command for people; what broke is told in a sentence, with what to do, and is 1. */
export async function orExplained(print: (line: string) => void, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Failure) {
      const { where, what, next } = error.report();
      print(printable(`${where}: ${what} ${next}`));
      return 1;
    }
    if (error instanceof WrongConfig) {
      print(error.message);
      return 1;
    }
    // Node's own errors of the file system name file and reason; anything else is a defect and keeps its stack.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    print(`${error.message}. Check the path, and whether you may read and write there.`);
    return 1;
  }
}
