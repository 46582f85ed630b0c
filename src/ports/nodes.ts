import type { HostKey, NodeAccess, NodeKey, OpenTarget, TargetFacts } from '../domain/cluster/facts.ts';
import type { MachineFacts } from '../domain/cluster/machine.ts';
import type { RegistryFiles } from '../domain/cluster/registry-files.ts';
import type { TargetQuery, WantedFile } from '../domain/cluster/target-query.ts';
import type { Command, CommandResult } from '../domain/node-commands/command.ts';

/** Limits of a command. */
export interface RunLimits {
  readonly signal: AbortSignal;
  /** Timeout in milliseconds. */
  readonly limitMs: number;
}

export interface NodeRun extends RunLimits {
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** A host key accepted without pinning, for inspections before a plan is approved. */
  readonly trust?: HostKey;
}

/** Runs commands on nodes over SSH, as the node's annotations say (user, key, `sudo -n`). It always checks host keys. */
export interface NodeShell {
  /**
   * Sends exactly this command line (the caller adds `sudo -n` by `withSudo`); a non-zero exit is a result, not an error.
   * Throws Unreachable when the node is unreachable, rejects the login, or shows a host key other than the pinned key.
   */
  run(access: NodeAccess, command: Command, options: NodeRun): Promise<CommandResult>;
  /** The node's current host key; sends no command. Throws Unreachable. */
  hostKey(access: NodeAccess, limits: RunLimits): Promise<HostKey>;
  /** Adds approved keys to the worker's known_hosts. Throws Unreachable('host-key-changed') when another key is pinned. */
  pin(keys: readonly NodeKey[]): Promise<void>;
  close(): Promise<void>;
}

/** Inspects target nodes. Never changes anything. */
export interface TargetNodes {
  look(access: NodeAccess, want: TargetQuery, signal: AbortSignal): Promise<TargetFacts>;
  /** Those paths that exist. */
  present(access: NodeAccess, paths: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Whether the file exists with this size and digest. */
  hasFile(access: NodeAccess, file: WantedFile, signal: AbortSignal): Promise<boolean>;
  /** ISO mounts and /etc/fstab. Any spelling of these paths, and any link that leads there, is reported as the path itself. */
  mounts(
    access: NodeAccess,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<Pick<OpenTarget, 'mounts' | 'fstab'>>;
  /** The machine that is reached. */
  machine(access: NodeAccess, signal: AbortSignal): Promise<MachineFacts>;
  registryConfig(access: NodeAccess, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Everything that a registry needs on its node, in at most six commands. It hashes at most three files that it does not know from
   * before; the next call hashes more. Throws Unreachable and CommandFailed.
   */
  registryFiles(access: NodeAccess, archives: readonly WantedFile[], signal: AbortSignal): Promise<RegistryFiles>;
}
