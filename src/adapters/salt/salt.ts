import { z } from 'zod';
import { CommandFailed, Failure, SaltFailed, Unreachable } from '../../domain/answers/failure.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import { type Command, type CommandResult, command, render } from '../../domain/node-commands/command.ts';
import { endInWords } from '../../domain/node-commands/ended.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SaltMasterPod } from '../../ports/cluster.ts';
import type { NodeShell } from '../../ports/nodes.ts';
import type { Salt } from '../../ports/salt.ts';
import { classifyCall, classifyStart, type Expects } from './classify.ts';
import { engineFacts } from './engines.ts';
import { jobOf, jobsLike, stateRunsOf } from './jobs.ts';
import { NodeRuns } from './node-runs.ts';
import { commandResultOf, minionValues, saysMasterIsDown, saysNobodyMatched } from './parse.ts';

const MASTER = 'salt-master';
/** One line of JSON per minion on stdout. Never --static, which exits 0 even after failures. */
const OUT = ['--out=json', '--out-indent=-1', '--no-color', '--log-level=error'] as const;
/** A dead minion costs the timeout (20 s on MetalK8s) and 10 s more; a loaded master needs some seconds itself. */
const ASK_LIMIT_MS = 90_000;
/** Timeout in seconds for answers that cost minions no work. */
const PING = ['-t', '10'] as const;
/** Delay of the second check for a job: a minion that has just received a job does not report it yet. */
const SECOND_CHECK_MS = 3_000;

/** A job whose start timed out was published 11 s later; the rest is for a loaded master. */
const START_LOOKS = 12;
const START_PAUSE_MS = 5_000;

/** A minion's answer about a job it runs; {} for any other job. */
const jobSchema = z.object({ jid: z.string() });

/** Salt, through `salt-call` on nodes and the master's own programs in its pod. */
export function salt(options: { shell: NodeShell; master: SaltMasterPod; clock: Clock; runsFolder?: string }): Salt {
  const { shell, clock, runsFolder } = options;
  const runs = new NodeRuns({ shell, clock, ...(runsFolder === undefined ? {} : { folder: runsFolder }) });
  const master = new Master(options.master, clock);
  return {
    async call(access, line, run, signal) {
      const result = await runs.result(access, line, run, signal);
      if (isCutShort(result)) throw new CommandFailed(access.node, line, result);
      return classifyCall(result, expectedOf(line));
    },
    forget: (access, line, name, signal) => runs.forget(access, line, name, signal),
    start: (line, signal) => master.start(line, signal),
    job: (jid, signal) => master.ask(saltRun('jobs.list_job', jid), ({ stdout }) => jobOf(jid, stdout), signal),
    async stateRuns(nodes, signal) {
      const values = await master.unlessAway(() => master.minions(nodes, ['saltutil.running'], signal, PING));
      return values === null ? null : stateRunsOf(nodes, values);
    },
    async stillRunning(jid, nodes, signal) {
      const seen = new Set(await master.running(jid, nodes, signal));
      const quiet = nodes.filter((node) => !seen.has(node));
      if (quiet.length > 0) {
        await clock.sleep(SECOND_CHECK_MS, signal);
        for (const node of await master.running(jid, quiet, signal)) seen.add(node);
      }
      return nodes.filter((node) => seen.has(node));
    },
    answering: (nodes, signal) => master.answering(nodes, signal),
    async run(node, line, signal) {
      const words = ['cmd.run_all', asYaml(render(line)), 'python_shell=False'];
      return commandResultOf((await master.minions([node], words, signal)).get(node));
    },
    async engines(nodes, signal) {
      const values = await master.minions(nodes, ['cmd.run', 'crictl info', 'python_shell=False'], signal);
      return nodes.map((node) => engineFacts(node, values.get(node)));
    },
  };
}

/**
 * Salt reads each word as YAML (salt.utils.args.yamlify_arg, 3002): it would fold the lines of a script, or take it for a mapping. In
 * double quotes it stays as it is. A `#` is escaped, because Salt leaves any text with one alone, with its quotes.
 */
const asYaml = (text: string): string => JSON.stringify(text).replaceAll('#', '\\u0023');

const saltRun = (...words: readonly string[]): Command =>
  command('salt-run', ...words, '--out=json', '--no-color', '--log-level=error');

/** The worker stopped it, and would stop a second run, too. */
const isCutShort = ({ ended }: CommandResult): boolean => ended.is === 'timeout' || ended.is === 'too-much-output';

/** Only state functions must answer with states. */
const expectedOf = ({ args }: Command): Expects =>
  args.some((word) => word.startsWith('state.')) ? 'states' : 'anything';

/** The master's programs: `salt` and `salt-run` in the salt-master container. */
class Master {
  readonly #pod: SaltMasterPod;
  readonly #clock: Clock;

  constructor(pod: SaltMasterPod, clock: Clock) {
    this.#pod = pod;
    this.#clock = clock;
  }

  #run(line: Command, signal: AbortSignal): Promise<CommandResult> {
    return this.#pod.run(line, { signal, limitMs: ASK_LIMIT_MS });
  }

  /** Runs a program and parses its output; throws Unreachable when `read` returns null. */
  async ask<T>(line: Command, read: (result: CommandResult) => T | null, signal: AbortSignal): Promise<T> {
    const result = await this.#ended(line, signal);
    const answer = read(result);
    if (answer === null) throw withoutAnswer(line, result);
    return answer;
  }

  /** The answers of these nodes' minions to a function; a silent node is missing in the map. */
  async minions(
    nodes: readonly string[],
    words: readonly string[],
    signal: AbortSignal,
    patience: readonly string[] = [],
  ): Promise<ReadonlyMap<string, unknown>> {
    if (nodes.length === 0) return new Map();
    const line = command('salt', ...OUT, ...patience, '-L', nodes.join(','), ...words);
    const result = await this.#ended(line, signal);
    const values = minionValues(result.stdout);
    if (values.size === 0 && !saysNobodyMatched(result.stdout)) throw withoutAnswer(line, result);
    return values;
  }

  /** Throws unless the program ended by itself: partial output is not an answer. */
  async #ended(line: Command, signal: AbortSignal): Promise<CommandResult> {
    const result = await this.#run(line, signal);
    if (result.ended.is === 'exit') return result;
    throw result.ended.is === 'too-much-output' ? new CommandFailed(MASTER, line, result) : withoutAnswer(line, result);
  }

  async start(line: Command, signal: AbortSignal): Promise<Jid> {
    const before = await this.#jobsLike(line, signal);
    const started = classifyStart(await this.#run(line, signal));
    if ('jid' in started) return started.jid;
    const found = started.is === 'lost' && before !== null ? await this.#published(line, before, signal) : null;
    if (found === null) throw new SaltFailed(MASTER, render(line), started);
    return found;
  }

  /** The one new job like this command, which appears in the job cache up to a minute late; null when there is none. */
  async #published(line: Command, before: readonly Jid[], signal: AbortSignal): Promise<Jid | null> {
    for (let look = 0; look < START_LOOKS; look += 1) {
      await this.#clock.sleep(START_PAUSE_MS, signal);
      const [found, ...others] = (await this.#jobsLike(line, signal))?.filter((jid) => !before.includes(jid)) ?? [];
      if (found !== undefined) return others.length === 0 ? found : null;
    }
    return null;
  }

  /** Jobs in the job cache with the same function, arguments and nodes; null when the cache cannot be read. */
  async #jobsLike(line: Command, signal: AbortSignal): Promise<readonly Jid[] | null> {
    const list = saltRun('jobs.list_jobs', 'search_function=state.sls');
    return await this.ask(list, ({ stdout }) => jobsLike(line, stdout), signal).catch((error: unknown) => {
      if (error instanceof Failure) return null;
      throw error;
    });
  }

  /** Nodes that report that they run the job. */
  async running(jid: Jid, nodes: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const values = await this.minions(nodes, ['saltutil.find_job', jid], signal, PING);
    return nodes.filter((node) => jobSchema.safeParse(values.get(node)).data?.jid === jid);
  }

  async answering(nodes: readonly string[], signal: AbortSignal): Promise<readonly string[] | null> {
    const values = await this.unlessAway(() => this.minions(nodes, ['test.ping'], signal, PING));
    return values === null ? null : nodes.filter((node) => values.get(node) === true);
  }

  /** Null when the master itself is unreachable. */
  async unlessAway<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Unreachable && error.fault === 'salt-master') return null;
      throw error;
    }
  }
}

function withoutAnswer(line: Command, result: CommandResult): Unreachable {
  const says = saysMasterIsDown(result.stdout)
    ? 'The Salt master does not answer its own command line.'
    : `\`${render(line)}\` ${endInWords(result.ended)}, and gave no answer.`;
  return new Unreachable(MASTER, 'salt-master', says);
}
