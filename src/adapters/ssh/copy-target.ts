import type { Command, CommandResult } from '../../domain/command.ts';
import {
  type CopyCommands,
  copyCommands,
  digestIn,
  type FileSeen,
  fileIn,
  OPENSSL_PROBE,
} from '../../domain/copy-commands.ts';
import type { NodeAccess } from '../../domain/facts.ts';
import { CommandFailed } from '../../domain/failure.ts';
import type { CopyStep } from '../../domain/step.ts';
import type { NodeShell } from '../../ports.ts';
import { notReached } from './words.ts';

const COMMAND_LIMIT_MS = 60_000;
/** Flushing an archive to a slow disk, and a disk that reads 10 MB/s. */
const SYNC_LIMIT_MS = 600_000;
const HASH_BYTES_PER_MS = 10_000;

/** One copy's target: its commands, run one by one, and what they tell. */
export class CopyTarget {
  readonly commands: CopyCommands;
  readonly access: NodeAccess;
  readonly #shell: NodeShell;
  readonly #signal: AbortSignal;

  constructor(shell: NodeShell, access: NodeAccess, commands: CopyCommands, signal: AbortSignal) {
    this.#shell = shell;
    this.access = access;
    this.commands = commands;
    this.#signal = signal;
  }

  /** The target with the faster of its hashers. */
  static async of(shell: NodeShell, access: NodeAccess, step: CopyStep, signal: AbortSignal): Promise<CopyTarget> {
    const probe = await shell.run(access, OPENSSL_PROBE, { signal, limitMs: COMMAND_LIMIT_MS });
    const hasher = probe.exitCode === 0 ? 'openssl' : 'sha256sum';
    const order = { path: step.archive.path, part: step.part, sudo: access.sudo, hasher } as const;
    return new CopyTarget(shell, access, copyCommands(order), signal);
  }

  /** Runs a changing command; throws CommandFailed, or Unreachable when it was lost. */
  async act(command: Command): Promise<void> {
    const limitMs = command === this.commands.sync ? SYNC_LIMIT_MS : COMMAND_LIMIT_MS;
    this.#succeeded(command, await this.#run(command, limitMs));
  }

  /** Runs a command whose exit code says nothing; throws Unreachable when it was lost. */
  async attempt(command: Command): Promise<CommandResult> {
    return this.#ended(await this.#run(command, COMMAND_LIMIT_MS));
  }

  seePath(): Promise<FileSeen> {
    return this.#see(this.commands.seePath);
  }

  seePart(): Promise<FileSeen> {
    return this.#see(this.commands.seePart);
  }

  hashPath(size: number): Promise<string> {
    return this.#hash(this.commands.hashPath, size);
  }

  hashPart(size: number): Promise<string> {
    return this.#hash(this.commands.hashPart, size);
  }

  /** Appends the bytes to the part file and flushes them; the signal is the caller's, who watches over it. */
  async append(bytes: AsyncIterable<Uint8Array>, options: { signal: AbortSignal; limitMs: number }): Promise<void> {
    const { append } = this.commands;
    this.#succeeded(append, await this.#shell.run(this.access, append, { ...options, stdin: bytes }));
  }

  async #see(look: Command): Promise<FileSeen> {
    const result = this.#ended(await this.#run(look, COMMAND_LIMIT_MS));
    const seen = fileIn(result);
    if (seen === null) throw new CommandFailed(this.access.node, look, result);
    return seen;
  }

  async #hash(look: Command, size: number): Promise<string> {
    const result = await this.#run(look, COMMAND_LIMIT_MS + size / HASH_BYTES_PER_MS);
    this.#succeeded(look, result);
    const digest = digestIn(result.stdout);
    if (digest === null) throw new CommandFailed(this.access.node, look, result);
    return digest;
  }

  #run(command: Command, limitMs: number): Promise<CommandResult> {
    return this.#shell.run(this.access, command, { signal: this.#signal, limitMs });
  }

  #succeeded(command: Command, result: CommandResult): void {
    if (this.#ended(result).exitCode !== 0) throw new CommandFailed(this.access.node, command, result);
  }

  #ended(result: CommandResult): CommandResult {
    if (result.exitCode === null) throw notReached(this.access, result.stderr.trim().split('\n').at(-1) ?? '');
    return result;
  }
}
