import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endsWithin } from './poll.ts';

/**
 * Reads lists of process IDs, one list a line. At the end of its input (the sandbox ended or was killed) it kills the
 * last list and removes the folder.
 */
const WATCH = `pids=; while read -r line; do pids=$line; done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
rm -rf -- "$1"`;
const GOODBYE_LIMIT_MS = 5_000;

/** A separate process that cleans up if the sandbox cannot. */
export interface Keeper {
  /** Replaces the list of processes to kill. */
  watch(pids: readonly number[]): void;
  /** Makes it remove the folder and end. */
  release(): Promise<void>;
}

/** Starts the keeper of a folder. */
export function startKeeper(folder: string, log: (says: string) => void): Keeper {
  // Detached: it must survive Ctrl-C, which a terminal sends to the whole process group.
  const keeper = spawn('/bin/sh', ['-c', WATCH, 'sandbox-keeper', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const complain = (error: Error) =>
    log(`The clean-up process ended (${error.message}). After a crash, remove ${folder} by hand.`);
  keeper.once('error', complain);
  keeper.stdin.once('error', complain);
  keeper.unref();
  return {
    watch(pids) {
      if (keeper.stdin.writable) keeper.stdin.write(`${pids.join(' ')}\n`);
    },
    async release() {
      if (keeper.exitCode !== null || keeper.signalCode !== null || keeper.pid === undefined) return;
      const ended = once(keeper, 'exit');
      keeper.stdin.end('\n');
      if (!(await endsWithin(ended, GOODBYE_LIMIT_MS))) log(`${folder} was not removed in time. Remove it by hand.`);
    },
  };
}
