import { EXIT_BY_CTRL_C, Stopped, stopSignal } from './stop-signal.ts';

/** Runs a program of the sandbox to its end and sets the exit code; reports a stop signal in one line. */
export async function untilStopped(run: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const stop = stopSignal();
  try {
    process.exitCode = await run(stop.signal);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = EXIT_BY_CTRL_C;
  } finally {
    stop.dispose();
  }
}

/** Prints progress: to standard error beside `--json`, else to standard output. */
export const sayBeside =
  (json: boolean) =>
  (line: string): void =>
    void (json ? process.stderr : process.stdout).write(`${line}\n`);

/** Prints a line of the result. */
export const printLine = (line: string): void => void process.stdout.write(`${line}\n`);
