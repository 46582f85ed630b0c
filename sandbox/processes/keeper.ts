import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endsWithin } from './poll.ts';

/**
 * Reads process ids, a whole list a line. When its input ends, whoever wrote is gone, in good order or killed: then the last list
 * is killed and the folder is removed. Nothing of the sandbox can outlive it so, not even after SIGKILL.
 */
const WATCH = `pids=; while read -r line; do pids=$line; done
for pid in $pids; do kill -9 "$pid" 2>/dev/null; done
rm -rf -- "$1"`;
const GOODBYE_LIMIT_MS = 5_000;

/** A process that cleans up behind us, should we not be able to. */
export interface Keeper {
  /** From now on, these processes end with us. */
  watch(pids: readonly number[]): void;
  /** Lets it remove the folder and end. */
  release(): Promise<void>;
}

/** Starts the keeper of a folder. */
export function startKeeper(folder: string, log: (says: string) => void): Keeper {
  // Detached: Ctrl-C in a terminal reaches a whole process group, and the keeper must outlive it.
  const keeper = spawn('/bin/sh', ['-c', WATCH, 'sandbox-keeper', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const complain = (error: Error) =>
    log(`The sandbox's keeper is gone (${error.message}); a crash would leave ${folder}.`);
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
      if (!(await endsWithin(ended, GOODBYE_LIMIT_MS))) log(`${folder} could not be removed in time.`);
    },
  };
}
