import { z } from 'zod';
import type { Data } from '../text/shape.ts';
import type { Ended } from './ended.ts';

const text = z.string();
const commandSchema = z.strictObject({ program: text, args: z.array(text) });

/** A command as a value. Only `render` turns it into shell text, and only the SSH adapter sends it. */
export type Command = Data<typeof commandSchema>;

/** A command of a step, and where it runs: a node, or the salt-master pod. */
export const plannedCommand = z.strictObject({ on: text, command: commandSchema });
export type PlannedCommand = Data<typeof plannedCommand>;

/** How a command ended, and its output. */
export interface CommandResult {
  readonly ended: Ended;
  readonly stdout: string;
  readonly stderr: string;
}

export function command(program: string, ...args: readonly string[]): Command {
  return { program, args };
}

/** The same command under `sudo -n`, which never asks for a password. */
export function withSudo({ program, args }: Command): Command {
  return { program: 'sudo', args: ['-n', program, ...args] };
}

/** One word for a POSIX shell, in single quotes unless it is harmless. */
export function shellQuote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command line as it is shown and sent. */
export function render({ program, args }: Command): string {
  return [program, ...args].map(shellQuote).join(' ');
}
