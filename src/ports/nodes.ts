import type { HostKey, MountFacts, NodeAccess, TargetFacts } from '../domain/cluster/facts.ts';
import type { TargetQuery } from '../domain/cluster/target-query.ts';
import type { Command, CommandResult } from '../domain/node-commands/command.ts';

/** What a look or an act may cost: its end, and who may stop it. */
export interface RunLimits {
  readonly signal: AbortSignal;
  /** Milliseconds; what takes longer ends as a timeout. */
  readonly limitMs: number;
}

export interface NodeRun extends RunLimits {
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** Before a plan is approved: the key that `hostKey` showed is good enough for a look, though nobody pinned it yet. */
  readonly trust?: HostKey;
}

/** Runs commands on nodes over SSH, as the node's annotations say (user, key, `sudo -n`). Host keys are always checked. */
export interface NodeShell {
  /**
   * Sends exactly this command line (the caller adds `sudo -n` by `withSudo`); a non-zero exit is a result, not an error.
   * Throws Unreachable when the node cannot be reached, lets nobody in, or shows another host key than the pinned one.
   */
  run(access: NodeAccess, command: Command, options: NodeRun): Promise<CommandResult>;
  /** The key that the node's server shows now; no command is sent. Throws Unreachable. */
  hostKey(access: NodeAccess, limits: RunLimits): Promise<HostKey>;
  /** Writes keys that were approved to the worker's known_hosts; a different key already there is Unreachable('host-key-changed'). */
  pin(keys: readonly Omit<HostKey, 'pinned'>[]): Promise<void>;
  close(): Promise<void>;
}

/** A target node from inside. Never changes anything. */
export interface TargetNodes {
  look(access: NodeAccess, want: TargetQuery, signal: AbortSignal): Promise<TargetFacts>;
  /** Those of the paths at which something is. */
  present(access: NodeAccess, paths: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Is the file there with this size and digest? */
  hasFile(
    access: NodeAccess,
    file: { path: string; size: number; sha256: string },
    signal: AbortSignal,
  ): Promise<boolean>;
  mounts(
    access: NodeAccess,
    signal: AbortSignal,
  ): Promise<{ readonly mounts: readonly MountFacts[]; readonly fstab: readonly MountFacts[] }>;
  registryConfig(access: NodeAccess, signal: AbortSignal): Promise<readonly string[]>;
}
