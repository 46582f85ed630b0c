import { WrongConfig } from '../config/read-config.ts';
import { Failure } from '../domain/answers/failure.ts';
import { printable } from '../domain/text/printable.ts';
import { withoutSecrets } from '../domain/text/secrets.ts';
import type { Log } from './log.ts';

/** A started bot or worker; `stop` ends it in good order. */
export interface Process {
  stop(): Promise<void>;
}

/** A stop that takes longer than this is cut: systemd would do so after ninety seconds. */
const STOP_LIMIT_MS = 15_000;

/** Runs until SIGTERM or SIGINT and leaves the exit code: 0 after a good stop, 1 after a failure, 2 for a wrong configuration. */
export async function runProcess(start: () => Promise<Process>, log: Log): Promise<void> {
  const reachedNobody = (error: unknown) => {
    log.error({ err: error }, 'An error reached nobody; stopping, the service manager starts anew');
    process.exit(1);
  };
  process.on('unhandledRejection', reachedNobody);
  // Node would print it as it is, with whatever an error of some package carries.
  process.on('uncaughtException', reachedNobody);
  try {
    const running = await start();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stopped(running, signal, log));
  } catch (error) {
    process.exit(startFailed(error, log));
  }
}

/** Says why the start failed and gives the exit code; what an operator can mend is a sentence, anything else goes to the log. */
function startFailed(error: unknown, log: Log): number {
  if (error instanceof WrongConfig) {
    process.stderr.write(`${error.message.split('\n').map(forTerminal).join('\n')}\n`);
    return 2;
  }
  if (error instanceof Failure) {
    const { where, what, next } = error.report();
    process.stderr.write(`${forTerminal(`${where}: ${what} ${next}`)}\n`);
  }
  log.error({ err: error }, 'The start failed');
  return 1;
}

const forTerminal = (text: string): string => printable(withoutSecrets(text));

async function stopped(running: Process, signal: string, log: Log): Promise<void> {
  log.info({ signal }, 'Stopping');
  const cut = setTimeout(() => {
    log.error({}, 'The stop took too long and is cut');
    process.exit(1);
  }, STOP_LIMIT_MS);
  try {
    await running.stop();
    clearTimeout(cut);
    process.exit(0);
  } catch (error) {
    log.error({ err: error }, 'The stop failed');
    process.exit(1);
  }
}
