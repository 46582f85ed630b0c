import { createHash } from 'node:crypto';
import { type Command, type CommandResult, command, withSudo } from './command.ts';
import { hasExited } from './ended.ts';
import { FOLLOW_SCRIPT, FORGET_SCRIPT, READ_SCRIPT, START_SCRIPT } from './run-scripts.ts';

/** Folder of the runs on a node: for root only, and removed by a reboot, like the runs. */
export const RUNS_FOLDER = '/run/registry-ha';

/** Seconds that a session waits for the end of a run before it reports the run's state. */
const WAIT_SECONDS = '15';

/** The commands for one run. `shown` is the planned command. Its `sudo -n` moves before the script, so that root owns the folder. */
export function runCommands(folder: string, shown: Command) {
  const isSudo = shown.program === 'sudo' && shown.args[0] === '-n';
  const words = isSudo ? shown.args.slice(1) : [shown.program, ...shown.args];
  const script = (text: string, ...args: readonly string[]): Command => {
    const plain = command('sh', '-c', text, 'sh', folder, ...args);
    return isSudo ? withSudo(plain) : plain;
  };
  return {
    /** Starts the command once, detached, or once more after it ended (`again`). Then waits, at most WAIT_SECONDS. */
    start: (again: boolean) => script(START_SCRIPT, again ? 'again' : 'once', WAIT_SECONDS, ...words),
    /** Waits, at most WAIT_SECONDS. */
    follow: script(FOLLOW_SCRIPT, '-', WAIT_SECONDS),
    /** More of its stdout, from this byte. */
    read: (from: number) => script(READ_SCRIPT, String(from)),
    forget: script(FORGET_SCRIPT),
  };
}

export type RunCommands = ReturnType<typeof runCommands>;

/** State of a run. `gone`: its process ended without an exit code. `absent`: never started, or the node was rebooted. */
export type RunTold =
  | { readonly is: 'running' }
  | { readonly is: 'gone' }
  | { readonly is: 'absent' }
  | {
      readonly is: 'ended';
      readonly exitCode: number;
      /** Size of its stdout; `begins` has the first bytes. */
      readonly bytes: number;
      readonly begins: Buffer;
      readonly stderr: string;
    };

/** Parses the output of `start` or `follow`; null when it is invalid. */
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

/** A name of a file has at most 255 bytes, and scripts append some. The name of a node has up to 253. */
const NAME_LIMIT = 200;

/** A folder name that identifies a run: letters, digits, dots and dashes. */
export function runName(...parts: readonly (string | number)[]): string {
  const name = parts.join('.').replaceAll(/[^A-Za-z0-9.-]/g, '_');
  if (name.length <= NAME_LIMIT) return name;
  return `${name.slice(0, NAME_LIMIT - 65)}.${createHash('sha256').update(name).digest('hex')}`;
}
