import { WrongConfig } from './config/read-config.ts';
import { Failure } from './domain/answers/failure.ts';
import type { FailureReport } from './domain/answers/failure-report.ts';
import { systemClock as clock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';
import type { Outcome } from './terminal/outcome.ts';
import { Screen, type Stream } from './terminal/screen.ts';

/** Runs a command whose answer is shown here, and returns its exit code. Every error becomes an outcome. */
export async function onScreen(isJson: boolean, act: (screen: Screen) => Promise<Outcome>): Promise<number> {
  const screen = new Screen(streamOf(process.stdout), streamOf(process.stderr), isJson, () => clock.steadyMs());
  return screen.end(await act(screen).catch((error: unknown) => endedBy(error, screen)));
}

function streamOf(stream: NodeJS.WriteStream): Stream {
  // `… | head` closes the pipe early, which is not an error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return { isTty: stream.isTTY === true, columns: stream.columns ?? 80, write: (text) => void stream.write(text) };
}

function endedBy(error: unknown, screen: Screen): Outcome {
  if (error instanceof WrongConfig) return { is: 'usage', refusal: { says: error.message } };
  if (error instanceof Failure) return { is: 'failed', failure: error.report() };
  screen.warn(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { is: 'failed', failure: UNFORESEEN };
}

const UNFORESEEN: FailureReport = {
  kind: 'unforeseen',
  where: 'registry-ha',
  what: 'The command ended with an unexpected error. Nothing was changed.',
  next: 'Report it with the text above.',
};

/** Warns of an error that leaves a part of the answer unknown. */
export const warnOf =
  (screen: Screen) =>
  (error: unknown): void =>
    screen.warn(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`);

/** The log of the parts that a command uses. */
export const logOn = (screen: Screen): Log => {
  const warn = (fields: object, sentence: string) => screen.warn(`${sentence} ${JSON.stringify(fields)}`);
  return { debug: () => undefined, info: () => undefined, warn, error: warn };
};
