import { WrongConfig } from '../config/read-config.ts';
import { Failure } from '../domain/answers/failure.ts';
import { printable } from '../domain/text/printable.ts';
import { withoutSecrets } from '../domain/text/secrets.ts';
import type { Log } from './log.ts';
import { watchLoop } from './loop-watchdog.ts';

/** A running bot or worker; `stop` shuts it down gracefully. */
export interface Process {
  stop(): Promise<void>;
  /** Reads its configuration again, on SIGHUP; a mistake in it is in the log. */
  reload?(): Promise<void>;
}

/** Shutdown timeout, well below systemd's 90 seconds. */
const STOP_LIMIT_MS = 15_000;

/** Without a listener, the signal would end a worker in the middle of a change. */
const NOT_READ_AGAIN = 'SIGHUP changes nothing: the configuration is read only at its start. Restart the process';

/** Runs until SIGTERM or SIGINT, reads its configuration again on SIGHUP if it can, and is killed if it hangs. Exit codes: 0 after a clean stop, 1 after a failure, 2 for an invalid configuration. */
export async function runProcess(start: () => Promise<Process>, log: Log): Promise<void> {
  const exitUnhandled = (error: unknown) => {
    log.error({ err: error }, 'Unhandled error; the process exits for the service manager to restart it');
    process.exit(1);
  };
  watchLoop();
  process.on('unhandledRejection', exitUnhandled);
  // Node's default would print the error with any secret that it carries.
  process.on('uncaughtException', exitUnhandled);
  try {
    const running = await start();
    process.on('SIGHUP', () => (running.reload === undefined ? log.warn({}, NOT_READ_AGAIN) : void running.reload()));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stopped(running, signal, log));
  } catch (error) {
    process.exit(startFailed(error, log));
  }
}

/** Reports a failed start and returns the exit code: a sentence if an operator can fix it, and a log line. */
function startFailed(error: unknown, log: Log): number {
  if (error instanceof WrongConfig) {
    process.stderr.write(`${error.message.split('\n').map(forTerminal).join('\n')}\n`);
    return 2;
  }
  if (error instanceof Failure) {
    const { where, what, next } = error.report();
    process.stderr.write(`${forTerminal(`${where}: ${what} ${next}`)}\n`);
    // An operator can fix it: a stack would only hide the sentences.
    log.error({ where, what, next }, 'Start failed');
    return 1;
  }
  log.error({ err: error }, 'Start failed');
  return 1;
}

const forTerminal = (text: string): string => printable(withoutSecrets(text));

async function stopped(running: Process, signal: string, log: Log): Promise<void> {
  log.info({ signal }, 'Stopping');
  const cut = setTimeout(() => {
    log.error({}, 'Stop timed out; exiting');
    process.exit(1);
  }, STOP_LIMIT_MS);
  try {
    await running.stop();
    clearTimeout(cut);
    process.exit(0);
  } catch (error) {
    log.error({ err: error }, 'Stop failed');
    process.exit(1);
  }
}
