import { type Command, type CommandResult, command, withSudo } from './command.ts';
import { hasExited } from './ended.ts';
import { FOLLOW_SCRIPT, FORGET_SCRIPT, READ_SCRIPT, START_SCRIPT } from './run-scripts.ts';

/** Where nodes keep their runs: for root alone, and gone with a reboot, as the runs are. */
export const RUNS_FOLDER = '/run/registry-ha';

/** Seconds that a session waits for a run's end before it tells how the run stands. */
const WAIT_SECONDS = '15';

/** The commands around one run; what the plan shows is what `start` runs, cut off from the session. */
export interface RunCommands {
  /** Starts it unless it was started before; `again` forgets one that has ended. Then waits a while. */
  start(again: boolean): Command;
  /** Waits a while. */
  readonly follow: Command;
  /** More of what it said, from a byte on. */
  read(from: number): Command;
  readonly forget: Command;
}

/** `shown` is the planned command; its `sudo -n` goes before the script, so that root keeps the folder. */
export function runCommands(folder: string, shown: Command): RunCommands {
  const isSudo = shown.program === 'sudo' && shown.args[0] === '-n';
  const words = isSudo ? shown.args.slice(1) : [shown.program, ...shown.args];
  const script = (text: string, ...args: readonly string[]): Command => {
    const plain = command('sh', '-c', text, 'sh', folder, ...args);
    return isSudo ? withSudo(plain) : plain;
  };
  return {
    start: (again) => script(START_SCRIPT, again ? 'again' : 'once', WAIT_SECONDS, ...words),
    follow: script(FOLLOW_SCRIPT, '-', WAIT_SECONDS),
    read: (from) => script(READ_SCRIPT, String(from)),
    forget: script(FORGET_SCRIPT),
  };
}

/** How a run stands. `gone`: its process has ended without an exit code; `absent`: nobody started it, or the node was rebooted. */
export type RunTold =
  | { readonly is: 'running' }
  | { readonly is: 'gone' }
  | { readonly is: 'absent' }
  | {
      readonly is: 'ended';
      readonly exitCode: number;
      /** Size of its stdout, and the beginning. */
      readonly bytes: number;
      readonly begins: Buffer;
      readonly stderr: string;
    };

/** Reads an answer of `start` or `follow`; null when it is none. */
export function runIn(result: CommandResult): RunTold | null {
  if (!hasExited(result)) return null;
  const [line = '', slice = ''] = result.stdout.split('\n');
  if (line === 'running' || line === 'gone' || line === 'absent') return { is: line };
  const [, code, bytes] = /^ended (\d+) (\d+)$/.exec(line) ?? [];
  if (code === undefined || bytes === undefined) return null;
  return {
    is: 'ended',
    exitCode: Number(code),
    bytes: Number(bytes),
    begins: Buffer.from(slice, 'base64'),
    stderr: result.stderr,
  };
}

/** A folder's name from whatever tells a run apart: letters, digits, dots and dashes. */
export const runName = (...parts: readonly (string | number)[]): string =>
  parts.join('.').replaceAll(/[^A-Za-z0-9.-]/g, '_');
