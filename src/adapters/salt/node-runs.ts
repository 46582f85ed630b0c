import { Unreachable } from '../../domain/answers/failure.ts';
import type { NodeAccess } from '../../domain/cluster/facts.ts';
import type { StateRun } from '../../domain/cluster/salt.ts';
import type { Command, CommandResult } from '../../domain/node-commands/command.ts';
import { type Ended, endInWords, exit, hasExited, isOutOfSight } from '../../domain/node-commands/ended.ts';
import {
  RUNS_FOLDER,
  type RunCommands,
  type RunTold,
  runCommands,
  runIn,
} from '../../domain/node-commands/run-commands.ts';
import { SLICE_BYTES } from '../../domain/node-commands/run-scripts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { NodeShell } from '../../ports/nodes.ts';

/** `repo.installed` alone waits up to 8 minutes, plus the time of a slow yum. */
const RUN_LIMIT_MS = 30 * 60_000;
/** A session waits 15 s for the run's end; the rest is for a loaded node. */
const SESSION_LIMIT_MS = 60_000;
/** A reboot takes less; after this time the worker checks the node's result by other means. */
const AWAY_LIMIT_MS = 5 * 60_000;
const AWAY_PAUSE_MS = 1_000;
/** More output than any state run has; it is not read into memory. */
const SAID_LIMIT = 16 * 1024 * 1024;

export interface NodeRunsOptions {
  readonly shell: NodeShell;
  readonly clock: Clock;
  /** Folder of the runs on a node; other values are for tests that share a computer. */
  readonly folder?: string;
}

/** Detached runs of commands on nodes: each starts at most once, and is found again by its name after any interruption. */
export class NodeRuns {
  readonly #options: Required<NodeRunsOptions>;

  constructor(options: NodeRunsOptions) {
    this.#options = { folder: RUNS_FOLDER, ...options };
  }

  /** Starts or finds the run, and waits for its end or the timeout. Throws Unreachable when nothing was sent. */
  async result(access: NodeAccess, command: Command, run: StateRun, signal: AbortSignal): Promise<CommandResult> {
    const commands = this.#commands(run.name, command);
    const until = this.#now() + RUN_LIMIT_MS;
    const started = await this.#send(access, commands.start(run.again), signal);
    if (started.ended.is === 'exit' && runIn(started) === null) return started;
    let state = runIn(started);
    while (state === null || state.is === 'running') {
      if (this.#now() >= until) return silent({ is: 'timeout', afterMs: RUN_LIMIT_MS });
      const answer = await this.#sendAgain(access, commands.follow, run, signal);
      state = runIn(answer);
      if (state === null) return unread(answer);
    }
    return state.is === 'ended' ? this.#ended(access, commands, state, run, signal) : unknown(LOST[state.is]);
  }

  /** Removes the files of an ended run. If the node is unreachable, the next run there removes them. */
  async forget(access: NodeAccess, command: Command, name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#send(access, this.#commands(name, command).forget, signal);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }

  async #ended(
    access: NodeAccess,
    commands: RunCommands,
    { exitCode, bytes, begins, stderr }: Extract<RunTold, { readonly is: 'ended' }>,
    run: StateRun,
    signal: AbortSignal,
  ): Promise<CommandResult> {
    if (bytes > SAID_LIMIT) return silent({ is: 'too-much-output', bytes: SAID_LIMIT });
    const slices = [begins];
    for (let from = SLICE_BYTES; from < bytes; from += SLICE_BYTES) {
      const more = await this.#sendAgain(access, commands.read(from), run, signal);
      if (!hasExited(more)) return unread(more);
      slices.push(Buffer.from(more.stdout, 'base64'));
    }
    const said = Buffer.concat(slices);
    if (said.length !== bytes) return unknown(`only ${said.length} of ${bytes} bytes of its output could be read`);
    return { ended: exit(exitCode), stdout: said.toString('utf8'), stderr };
  }

  /** Retries a read-only command until the node answers; a node that stays away gives an unknown end. */
  async #sendAgain(access: NodeAccess, look: Command, run: StateRun, signal: AbortSignal): Promise<CommandResult> {
    const until = this.#now() + AWAY_LIMIT_MS;
    for (;;) {
      const answer = await this.#sent(access, look, signal);
      const mayCome = isOutOfSight(answer.ended) || answer.ended.is === 'timeout';
      if (!mayCome || this.#now() >= until) return answer;
      run.onWait(`${outOfTouch(access.node, answer)}. Its state run continues there; the worker checks again.`);
      await this.#options.clock.sleep(AWAY_PAUSE_MS, signal);
    }
  }

  /** Returns an unreachable node as an unknown end. */
  async #sent(access: NodeAccess, look: Command, signal: AbortSignal): Promise<CommandResult> {
    try {
      return await this.#send(access, look, signal);
    } catch (error) {
      if (error instanceof Unreachable && error.fault === 'unreachable') return unknown(error.says);
      throw error;
    }
  }

  #send(access: NodeAccess, command: Command, signal: AbortSignal): Promise<CommandResult> {
    return this.#options.shell.run(access, command, { signal, limitMs: SESSION_LIMIT_MS });
  }

  #commands(name: string, command: Command): RunCommands {
    return runCommands(`${this.#options.folder}/${name}`, command);
  }

  #now(): number {
    return this.#options.clock.steadyMs();
  }
}

const LOST = {
  gone: 'its process ended without an exit code: it was killed, or the node ran out of resources',
  absent: 'the node no longer knows this run: the node was rebooted, or the run never started',
} as const;

const silent = (ended: Ended): CommandResult => ({ ended, stdout: '', stderr: '' });

const unknown = (says: string): CommandResult => silent({ is: 'unknown', says });

const outOfTouch = (node: string, { ended }: CommandResult): string =>
  ended.is === 'timeout'
    ? `${node} did not answer within ${SESSION_LIMIT_MS / 1000} s`
    : `The connection to ${node} was lost`;

/** The session did not report the state of the run. */
function unread({ ended, stderr }: CommandResult): CommandResult {
  if (ended.is === 'unknown') return silent(ended);
  return { ...unknown(`the command that checks the run ${endInWords(ended)}`), stderr };
}
