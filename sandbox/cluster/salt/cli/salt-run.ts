import type { NodeActs, World } from '../../world.ts';
import { isJid, startTimeOf } from '../jid.ts';
import { headOf, type Job, jobCacheOf, type RunningFun, storedValue } from '../job-cache.ts';
import { dumps, type Json, type JsonObject } from '../json.ts';
import { parseFunArgs } from '../minion/fun-args.ts';
import { isMinionUp } from '../minion/minion.ts';
import { pause } from '../pace.ts';
import { foreignRun } from '../run/conflict.ts';
import { masterAway } from './master-away.ts';
import { COMMON_FLAGS, COMMON_VALUES, EX_USAGE, jsonIndent, type Known, parseOptions } from './options.ts';
import type { ProgramIo } from './program-io.ts';
import { nested } from './text-output.ts';

const RUN_MS = 2_000;
const MANAGE_WAIT_MS = 30_000;
const NO_JOB = 'Cannot contact returner or no job with this jid';
const KNOWN: Known = {
  program: 'salt-run',
  usage: 'salt-run [options] <function> [arguments]',
  flags: COMMON_FLAGS,
  values: { ...COMMON_VALUES, '-t': 'timeout', '--timeout': 'timeout' },
};

/** The `salt-run` command: jobs.* reads the master's cache, manage.* lists which minions answer. Its exit code is always 0. */
export async function runSaltRun(
  world: World,
  _acts: NodeActs,
  argv: readonly string[],
  io: ProgramIo,
): Promise<number> {
  const line = parseOptions(KNOWN, argv);
  if (typeof line === 'string') {
    io.stderr(line);
    return EX_USAGE;
  }
  const [fun = '', ...words] = line.words;
  await pause(world, RUN_MS, io.signal);
  const away = fun === 'jobs.active' ? masterAway(world) : null;
  if (away !== null) {
    io.stderr(away.log);
    io.stdout(`${away.says}\n`);
  }
  const value = away !== null ? {} : await answerOf(world, fun, words, io.signal);
  io.stdout(line.values.get('out') === 'json' ? `${dumps(value, jsonIndent(line))}\n` : nested(value));
  return 0;
}

async function answerOf(world: World, fun: string, words: readonly string[], signal: AbortSignal): Promise<Json> {
  const { args, kwargs } = parseFunArgs(words);
  const jid = args[0] ?? '';
  switch (fun) {
    case 'jobs.list_job':
      return listJob(world, jid);
    case 'jobs.print_job':
      return { [jid]: printJob(world, jid) };
    case 'jobs.lookup_jid':
      return lookUpJid(world, jid, kwargs.missing === true);
    case 'jobs.list_jobs':
      return listJobs(world, kwargs);
    case 'jobs.exit_success':
      return Object.fromEntries([...(jobCacheOf(world).get(jid)?.returns.keys() ?? [])].map((name) => [name, true]));
    case 'jobs.active':
      return active(world);
    case 'manage.up':
    case 'manage.status':
      return masterAway(world) !== null ? noMaster(fun) : await manage(world, fun, signal);
    default:
      return `'${fun}' is not available.`;
  }
}

function noMaster(fun: string): string {
  return `Exception occurred in runner ${fun}: Traceback (most recent call last):\nsalt.exceptions.SaltClientError: The salt master could not be contacted. Is master running?\n`;
}

function listJob(world: World, jid: string): JsonObject {
  return { jid, ...printJob(world, jid) };
}

function printJob(world: World, jid: string): JsonObject {
  const job = jobCacheOf(world).get(jid);
  if (job === undefined) return { Error: NO_JOB, StartTime: isJid(jid) ? startTimeOf(jid) : '', Result: {} };
  const results = [...job.returns].map(([minion, answer]) => {
    const { retcode, success, out } = answer;
    return [minion, { return: storedValue(job, minion, answer, new Date()), retcode, success, out }] as const;
  });
  return { ...headOf(job, true), Result: Object.fromEntries(results) };
}

function lookUpJid(world: World, jid: string, withMissing: boolean): JsonObject {
  const job = jobCacheOf(world).get(jid);
  if (job === undefined) return {};
  const came = [...job.returns].map(
    ([minion, answer]) => [minion, storedValue(job, minion, answer, new Date())] as const,
  );
  const missing = withMissing ? job.minions.filter((minion) => !job.returns.has(minion)) : [];
  return Object.fromEntries([...came, ...missing.map((minion) => [minion, 'Minion did not return'] as const)]);
}

function listJobs(world: World, filter: Readonly<Record<string, Json>>): JsonObject {
  const wanted = (key: string, has: (value: string) => boolean) => {
    const value = filter[key];
    return typeof value !== 'string' || has(value);
  };
  const jobs = jobCacheOf(world)
    .list()
    .filter((job) => wanted('search_function', (fun) => job.fun === fun))
    .filter((job) => wanted('search_target', (target) => [job.target].flat().includes(target)));
  return Object.fromEntries(jobs.map((job) => [job.jid, headOf(job, false)]));
}

/** Jobs in progress on minions, including salt-call's, and the minions that have returned. */
function active(world: World): JsonObject {
  const cache = jobCacheOf(world);
  const found = new Map<string, { readonly work: RunningFun; readonly running: JsonObject[] }>();
  for (const node of world.nodes.values()) {
    if (!isMinionUp(world, node)) continue;
    const foreign = foreignRun(world, node);
    for (const work of [...cache.running(node.name), ...(foreign === null ? [] : [foreign])]) {
      const entry = found.get(work.jid) ?? { work, running: [] };
      entry.running.push({ [node.name]: work.pid });
      found.set(work.jid, entry);
    }
  }
  return Object.fromEntries(
    [...found].map(([jid, { work, running }]) => [jid, activeEntry(cache.get(jid), work, running)]),
  );
}

function activeEntry(job: Job | undefined, work: RunningFun, running: readonly JsonObject[]): JsonObject {
  const head = job ?? {
    jid: work.jid,
    fun: work.fun,
    args: work.args,
    target: work.target,
    targetType: work.targetType,
    minions: [],
  };
  return { ...headOf(head, false), Running: running, Returned: [...(job?.returns.keys() ?? [])] };
}

async function manage(world: World, fun: string, signal: AbortSignal): Promise<Json> {
  const nodes = [...world.nodes.values()];
  const down = nodes.filter((node) => !isMinionUp(world, node)).map(({ name }) => name);
  if (down.length > 0) await pause(world, MANAGE_WAIT_MS, signal);
  const up = nodes.map(({ name }) => name).filter((name) => !down.includes(name));
  return fun === 'manage.up' ? up : { up, down };
}
