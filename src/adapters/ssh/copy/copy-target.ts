import { CommandFailed, outOfSight } from '../../../domain/answers/failure.ts';
import type { NodeAccess } from '../../../domain/cluster/facts.ts';
import type { Command, CommandResult } from '../../../domain/node-commands/command.ts';
import {
  type CopyCommands,
  copyCommands,
  digestIn,
  type TargetSeen,
  targetIn,
} from '../../../domain/node-commands/copy-commands.ts';
import { hasExited, isOutOfSight } from '../../../domain/node-commands/ended.ts';
import type { CopyStep } from '../../../domain/plan/step.ts';
import type { NodeShell } from '../../../ports/nodes.ts';

const COMMAND_LIMIT_MS = 60_000;
/** For a slow disk: flushes an archive, and reads 10 MB/s. */
const SYNC_LIMIT_MS = 600_000;
const HASH_BYTES_PER_MS = 10_000;

/** The target of one copy: its commands and their results. */
export class CopyTarget {
  readonly commands: CopyCommands;
  readonly access: NodeAccess;
  readonly #size: number;
  readonly #shell: NodeShell;
  readonly #signal: AbortSignal;

  constructor(shell: NodeShell, access: NodeAccess, step: CopyStep, signal: AbortSignal) {
    this.#shell = shell;
    this.access = access;
    this.#signal = signal;
    this.#size = step.archive.size;
    this.commands = copyCommands(orderOf(step, access));
  }

  /** Inspects path and part; does not hash the file with the known identity. */
  async see(known: string | null): Promise<TargetSeen> {
    const look = this.commands.see(known);
    const result = this.#inSight(await this.#run(look, this.#hashLimit()));
    const seen = targetIn(result);
    if (seen === null) throw new CommandFailed(this.access.node, look, result);
    return seen;
  }

  async hashPart(): Promise<string> {
    return this.digestOf(this.commands.hashPart, await this.#run(this.commands.hashPart, this.#hashLimit()));
  }

  async rereadPart(): Promise<string> {
    const { rereadPart } = this.commands;
    return this.digestOf(rereadPart, await this.#run(rereadPart, SYNC_LIMIT_MS + this.#hashLimit()));
  }

  async discard(): Promise<void> {
    this.#succeeded(this.commands.discard, await this.#run(this.commands.discard, COMMAND_LIMIT_MS));
  }

  async sync(): Promise<void> {
    this.#succeeded(this.commands.sync, await this.#run(this.commands.sync, SYNC_LIMIT_MS));
  }

  /** Runs the end of a copy; the exit code alone does not prove that the archive is in place. */
  async finish(): Promise<CommandResult> {
    return this.#inSight(await this.#run(this.commands.finish, SYNC_LIMIT_MS));
  }

  /** The digest in a command's output; throws CommandFailed, or Unreachable when the connection was lost. */
  digestOf(command: Command, result: CommandResult): string {
    this.#succeeded(command, result);
    const digest = digestIn(result.stdout);
    if (digest === null) throw new CommandFailed(this.access.node, command, result);
    return digest;
  }

  #hashLimit(): number {
    return COMMAND_LIMIT_MS + this.#size / HASH_BYTES_PER_MS;
  }

  #run(command: Command, limitMs: number): Promise<CommandResult> {
    return this.#shell.run(this.access, command, { signal: this.#signal, limitMs });
  }

  #succeeded(command: Command, result: CommandResult): void {
    if (!hasExited(this.#inSight(result))) throw new CommandFailed(this.access.node, command, result);
  }

  #inSight(result: CommandResult): CommandResult {
    if (isOutOfSight(result.ended)) throw outOfSight(this.access.node, result);
    return result;
  }
}

/** The parameters of a step's commands. */
export function orderOf({ archive, part, seed }: CopyStep, { sudo }: NodeAccess): Parameters<typeof copyCommands>[0] {
  const { path, size } = archive;
  return { path, part, size, sudo, ...(seed === undefined ? {} : { seed: seed.path }) };
}
