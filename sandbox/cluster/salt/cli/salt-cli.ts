import type { NodeActs, World } from '../../world.ts';
import { dumps, isObject, type Json } from '../json.ts';
import { parseFunArgs } from '../minion/fun-args.ts';
import type { MinionReturn } from '../minion/fun-result.ts';
import { endOf, pause } from '../pace.ts';
import { HUNG, type MasterAway, masterAway } from './master-away.ts';
import {
  COMMON_FLAGS,
  COMMON_VALUES,
  type CommandLine,
  EX_USAGE,
  jsonIndent,
  type Known,
  parseOptions,
} from './options.ts';
import type { ProgramIo } from './program-io.ts';
import { findTarget, type Published, publish, type Target } from './publish.ts';
import { textOutput } from './text-output.ts';

const DEFAULT_TIMEOUT_S = 20;
const GATHER_TIMEOUT_S = 10;
const START_MS = 300;
const QUEUE_TIMEOUT_MS = 60_000;
const LATE_MS = 11_000;
const KNOWN: Known = {
  program: 'salt',
  usage: "salt [options] '<target>' <function> [arguments]",
  flags: {
    ...COMMON_FLAGS,
    '-L': 'list',
    '--list': 'list',
    '--async': 'async',
    '--show-jid': 'show-jid',
    '--static': 'static',
    '-s': 'static',
    '--hide-timeout': 'hide-timeout',
  },
  values: { ...COMMON_VALUES, '-t': 'timeout', '--timeout': 'timeout' },
};

/** The `salt` command: publishes a job and waits. Ending it never ends the job. */
export async function runSalt(world: World, acts: NodeActs, argv: readonly string[], io: ProgramIo): Promise<number> {
  const line = parseOptions(KNOWN, argv);
  if (typeof line === 'string') return complain(io, line);
  const [said, fun, ...words] = line.words;
  if (said === undefined || fun === undefined) return complain(io, `Usage: ${KNOWN.usage}\n`);
  await pause(world, START_MS, io.signal);
  const away = masterAway(world);
  if (away !== null) return withoutMaster(line, away, io);
  const target = findTarget(world, said, line.flags.has('list'));
  if (target.known.length === 0) return noMatch(line, io);
  if (line.flags.has('async') && world.faults.isOn('salt-async-late')) {
    return await tooLate(world, () => publish(world, acts, target, fun, parseFunArgs(words)), io);
  }
  const published = publish(world, acts, target, fun, parseFunArgs(words));
  if (line.flags.has('async')) {
    io.stdout(`Executed command with job ID: ${published.job.jid}\n`);
    return 0;
  }
  const wait = new AnswerWait(world, published, Number(line.values.get('timeout') ?? DEFAULT_TIMEOUT_S), io.signal);
  return line.flags.has('static')
    ? await printBatch(published, wait, io)
    : await printEach(line, target, published, wait, io);
}

/** The request times out in the queue of the master, which works it off later: a real 3006.0 did so, once. */
async function tooLate(world: World, start: () => Published, io: ProgramIo): Promise<number> {
  world.faults.clear('salt-async-late');
  void pause(world, QUEUE_TIMEOUT_MS + LATE_MS, endOf(world)).then(start, () => undefined);
  await pause(world, QUEUE_TIMEOUT_MS, io.signal);
  io.stderr(`Traceback (most recent call last):\nsalt.exceptions.SaltClientError: ${HUNG.says}\n`);
  return 1;
}

function complain(io: ProgramIo, text: string): number {
  io.stderr(text);
  return EX_USAGE;
}

function withoutMaster(line: CommandLine, { says, log }: MasterAway, io: ProgramIo): number {
  if (line.values.get('log-level') !== 'quiet') io.stderr(log);
  io.stdout(line.values.get('out') === 'json' ? `${JSON.stringify(says)}\n` : `${says}\n`);
  return 0;
}

function noMatch(line: CommandLine, io: ProgramIo): number {
  const empty = line.values.get('out') === 'json' ? '{}\n' : '';
  io.stdout(`No minions matched the target. No command was sent, no jid was assigned.\n${empty}`);
  io.stderr('ERROR: No return received\n');
  return 2;
}

/** Waits for the minions' answers, as long as find_job reports that they still work on the job. */
class AnswerWait {
  private readonly world: World;
  private readonly published: Published;
  private readonly limitMs: number;
  private readonly signal: AbortSignal;

  constructor(world: World, published: Published, timeoutSeconds: number, signal: AbortSignal) {
    this.world = world;
    this.published = published;
    this.limitMs = (timeoutSeconds + GATHER_TIMEOUT_S) * 1000;
    this.signal = signal;
  }

  /** The minion's answer; null if it did not return in time. */
  async answerOf(minion: string): Promise<MinionReturn | null> {
    const answer = this.published.answers.get(minion);
    const arrival = answer?.then((one) => one ?? this.patience());
    const first = await Promise.race([arrival ?? this.patience(), this.gone()]);
    return first === 'gone' ? null : first;
  }

  private async patience(): Promise<null> {
    await pause(this.world, this.limitMs, this.signal);
    return null;
  }

  private async gone(): Promise<'gone'> {
    await new Promise<void>((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
    return 'gone';
  }
}

async function printEach(
  line: CommandLine,
  target: Target,
  { job }: Published,
  wait: AnswerWait,
  io: ProgramIo,
): Promise<number> {
  if (line.flags.has('show-jid')) io.stdout(`jid: ${job.jid}\n`);
  const indent = jsonIndent(line);
  const isJson = line.values.get('out') === 'json';
  let hasFailed = false;
  const print = async (minion: string): Promise<void> => {
    const answer = await wait.answerOf(minion);
    if (io.signal.aborted) return;
    if (answer === null || answer.retcode !== 0) hasFailed = true;
    if (answer === null && line.flags.has('hide-timeout')) return;
    const { value, out } = answer ?? { value: noReturn(job.jid), out: 'nested' };
    io.stdout(isJson ? `${dumps({ [minion]: value }, indent)}\n` : textOutput(minion, value, out));
  };
  await Promise.all([...target.known.map(({ name }) => name), ...target.unknown].map(print));
  if (hasFailed && !line.flags.has('hide-timeout')) io.stderr('ERROR: Minions returned with non-zero exit code\n');
  return hasFailed && !line.flags.has('hide-timeout') ? 1 : 0;
}

function noReturn(jid: string): string {
  return `Minion did not return. [No response]
The minions may not have all finished running and any remaining minions will return upon completion. To look up the return data for this job later, run the following command:

salt-run jobs.lookup_jid ${jid}`;
}

/** `--static` waits for all minions: those that did not return are left out, and the exit code is always 0. */
async function printBatch({ job }: Published, wait: AnswerWait, io: ProgramIo): Promise<number> {
  const all: Record<string, Json> = {};
  await Promise.all(
    job.minions.map(async (minion) => {
      const answer = await wait.answerOf(minion);
      if (answer === null) return;
      all[minion] = isObject(answer.value) ? { ...answer.value, retcode: answer.retcode } : answer.value;
    }),
  );
  if (!io.signal.aborted) io.stdout(`${dumps(all, null)}\n`);
  return 0;
}
