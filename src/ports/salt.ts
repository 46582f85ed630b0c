import type { EngineFacts, NodeAccess } from '../domain/cluster/facts.ts';
import type { Jid, RunningJob, SaltJob, SaltReturn, StateRun } from '../domain/cluster/salt.ts';
import type { Command } from '../domain/node-commands/command.ts';

/** Salt in our words; every verdict comes from JSON and exit code together. */
export interface Salt {
  /** `salt-call` on a node, which goes on there without us: the same run is found again by its name. Throws Unreachable when
   * nothing was sent, CommandFailed when it takes too long or prints too much. */
  call(access: NodeAccess, command: Command, run: StateRun, signal: AbortSignal): Promise<SaltReturn>;
  /** Removes what an ended run has left on its node; never fails, as the next start there removes it too. */
  forget(access: NodeAccess, command: Command, name: string, signal: AbortSignal): Promise<void>;
  /** Starts an asynchronous job by the master's command line and gives its jid. Throws SaltFailed when none was started. */
  start(command: Command, signal: AbortSignal): Promise<Jid>;
  job(jid: Jid, signal: AbortSignal): Promise<SaltJob>;
  /** Which of these nodes still run the job. */
  stillRunning(jid: Jid, nodes: readonly string[], signal: AbortSignal): Promise<readonly string[]>;
  /** Which of these nodes' minions answer; null when the master itself cannot be contacted. */
  answering(nodes: readonly string[], signal: AbortSignal): Promise<readonly string[] | null>;
  /** Other state runs in progress. */
  stateRuns(signal: AbortSignal): Promise<readonly RunningJob[]>;
  /** The running container engines, read live (`crictl info`). */
  engines(nodes: readonly string[], signal: AbortSignal): Promise<readonly EngineFacts[]>;
}
