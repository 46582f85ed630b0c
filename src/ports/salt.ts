import type { EngineFacts, NodeAccess } from '../domain/cluster/facts.ts';
import type { Jid, SaltJob, SaltReturn, StateRun, StateRuns } from '../domain/cluster/salt.ts';
import type { Command, CommandResult } from '../domain/node-commands/command.ts';

/** Salt; every verdict combines JSON and exit code. */
export interface Salt {
  /** Runs `salt-call` detached on a node; the same name finds the same run again. Throws Unreachable when nothing was sent,
   * CommandFailed when the run takes too long or prints too much. */
  call(access: NodeAccess, command: Command, run: StateRun, signal: AbortSignal): Promise<SaltReturn>;
  /** Removes the files of an ended run on its node. Never fails: the next start on the node removes them too. */
  forget(access: NodeAccess, command: Command, name: string, signal: AbortSignal): Promise<void>;
  /** Starts an asynchronous job on the master and returns its jid. Throws SaltFailed when no job started; `lost`: it is unknown. */
  start(command: Command, signal: AbortSignal): Promise<Jid>;
  job(jid: Jid, signal: AbortSignal): Promise<SaltJob>;
  /** Nodes that still run the job. */
  stillRunning(jid: Jid, nodes: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Nodes whose minions answer; null when the master itself is unreachable. */
  answering(nodes: readonly string[], signal: AbortSignal): Promise<readonly string[] | null>;
  /** The state runs in progress on these nodes, as their minions tell; null when the master itself is unreachable. */
  stateRuns(nodes: readonly string[], signal: AbortSignal): Promise<StateRuns | null>;
  /** Runs a plain command on a node as root, outside of the worker's own restrictions. Its end is `unknown` when the minion does not tell it. */
  run(node: string, command: Command, signal: AbortSignal): Promise<CommandResult>;
  /** The running container engines, read live (`crictl info`). */
  engines(nodes: readonly string[], signal: AbortSignal): Promise<readonly EngineFacts[]>;
}
