import type { NodeActs, SimNode, World } from '../../world.ts';
import { type JobCache, jobCacheOf } from '../job-cache.ts';
import { dumps } from '../json.ts';
import { parseFunArgs } from '../minion/fun-args.ts';
import { type FunResult, toMinionReturn } from '../minion/fun-result.ts';
import { Minion } from '../minion/minion.ts';
import { endOf, pause } from '../pace.ts';
import { masterAway } from './master-away.ts';
import {
  COMMON_FLAGS,
  COMMON_VALUES,
  type CommandLine,
  EX_USAGE,
  jsonIndent,
  type Known,
  parseOptions,
} from './options.ts';
import { textOutput } from './text-output.ts';

/** Output and exit code of one run. */
export interface SaltCallOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const SIGN_IN_MS = 37_000;
const UNAVAILABLE = 255;
const KNOWN: Known = {
  program: 'salt-call',
  usage: 'salt-call [options] <function> [arguments]',
  flags: { ...COMMON_FLAGS, '--retcode-passthrough': 'retcode-passthrough', '--version': 'version' },
  values: COMMON_VALUES,
};

/**
 * Runs `salt-call` on a node. The states run in its process; the result is stored on the master under a job ID that is
 * created at the end.
 */
export async function runSaltCall(
  world: World,
  acts: NodeActs,
  node: SimNode,
  argv: readonly string[],
): Promise<SaltCallOutput> {
  const line = parseOptions(KNOWN, argv);
  if (typeof line === 'string') return { stdout: '', stderr: line, exitCode: EX_USAGE };
  if (line.flags.has('version')) return { stdout: 'salt-call 3002.9\n', stderr: '', exitCode: 0 };
  const [fun, ...words] = line.words;
  if (fun === undefined) return { stdout: '', stderr: `Usage: ${KNOWN.usage}\n`, exitCode: EX_USAGE };
  if (masterAway(world) !== null) return await signInFailed(world);
  const cache = jobCacheOf(world);
  const parsed = parseFunArgs(words);
  const jid = cache.jids.next(new Date());
  const call = { jid, fun, parsed, target: 'salt-call', targetType: 'glob', signal: endOf(world) } as const;
  const result = await new Minion(world, acts).run(node, call);
  if (result === null) return { stdout: '', stderr: '', exitCode: 137 };
  store(cache, node, fun, words, result);
  return print(line, result);
}

async function signInFailed(world: World): Promise<SaltCallOutput> {
  await pause(world, SIGN_IN_MS);
  const stderr =
    'Unable to sign_in to master: Attempt to authenticate with the salt master failed with timeout error\n';
  return { stdout: '', stderr, exitCode: 1 };
}

/** The master stores the words of the command line unchanged. */
function store(cache: JobCache, node: SimNode, fun: string, args: readonly string[], result: FunResult): void {
  if (result.is !== 'returned') return;
  const jid = cache.jids.next(new Date());
  const job = cache.open({ jid, fun, args, target: node.name, targetType: 'glob', minions: [node.name] });
  job.returns.set(node.name, toMinionReturn(result));
}

function print(line: CommandLine, result: FunResult): SaltCallOutput {
  const isQuiet = line.values.get('log-level') === 'quiet';
  switch (result.is) {
    case 'returned': {
      const stderr = isQuiet ? '' : result.log;
      const exitCode = line.flags.has('retcode-passthrough') ? result.retcode : Math.min(result.retcode, 1);
      return { stdout: shown(line, result), stderr, exitCode };
    }
    case 'raised':
      return { stdout: '', stderr: `${result.log}Error running '${result.fun}': ${result.message}\n`, exitCode: 1 };
    case 'invalid':
      return { stdout: '', stderr: `Passed invalid arguments: ${result.message}\n`, exitCode: 1 };
    case 'unavailable':
      return { stdout: '', stderr: `${result.message}\n`, exitCode: UNAVAILABLE };
  }
}

function shown(line: CommandLine, { value, out }: FunResult & { readonly is: 'returned' }): string {
  if (line.values.get('out') === 'json') return `${dumps({ local: value }, jsonIndent(line))}\n`;
  return textOutput('local', value, out);
}
