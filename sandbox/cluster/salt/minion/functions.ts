import type { RunningFun } from '../job-cache.ts';
import type { Json } from '../json.ts';
import { foreignRun } from '../run/conflict.ts';
import { stateSls } from '../run/state-sls.ts';
import { archivesAsJson, getArchives } from './archives.ts';
import { readBootstrapConfig } from './bootstrap-config.ts';
import { cmdRun, cmdRunAll } from './cmd-run.ts';
import type { FunContext } from './fun-context.ts';
import { CommandExecutionError, type FunResult, returned } from './fun-result.ts';
import { compilePillar, lookUp, pillarAsJson } from './pillar.ts';
import { SYNCED_MODULES } from './synced-modules.ts';

type Fun = (call: FunContext) => Promise<FunResult>;

const FUNCTIONS: ReadonlyMap<string, Fun> = new Map<string, Fun>([
  ['test.ping', async () => returned(true)],
  ['cmd.run', cmdRun],
  ['cmd.run_all', cmdRunAll],
  ['file.read', fileRead],
  ['pillar.get', pillarGet],
  ['saltutil.running', async (call) => returned(others(call).map(asJson))],
  ['saltutil.find_job', async (call) => returned(findJob(call))],
  [
    'saltutil.is_running',
    async (call) =>
      returned(
        others(call)
          .filter(matches(call.args[0] ?? ''))
          .map(asJson),
      ),
  ],
  ['saltutil.sync_all', syncAll],
  ['state.sls', stateSls],
  ['metalk8s.get_archives', archivesFun],
  ['metalk8s.get_mounted_archives', mountedFun],
]);

/** Runs an execution function on a minion. Converts Python's exceptions to answers as Salt does. */
export async function callFunction(call: FunContext): Promise<FunResult> {
  const { fun } = call.work;
  const known = FUNCTIONS.get(fun);
  const needsSync = fun.startsWith('metalk8s.') && call.node.minion.synced.size === 0;
  if (known === undefined || needsSync) return { is: 'unavailable', message: `'${fun}' is not available.` };
  try {
    return await known(call);
  } catch (error) {
    if (!(error instanceof CommandExecutionError)) throw error;
    return { is: 'raised', fun, message: error.message, log: error.log };
  }
}

async function fileRead({ acts, node, args, work }: FunContext): Promise<FunResult> {
  const path = args[0];
  if (path === undefined)
    return { is: 'invalid', fun: work.fun, message: "read() missing 1 required positional argument: 'path'" };
  if ((await acts.exists(node, path)) === 'file') return returned(await acts.readFile(node, path));
  const error = `FileNotFoundError: [Errno 2] No such file or directory: '${path}'`;
  return returned(`The minion function caused an exception: Traceback (most recent call last):\n${error}\n`, 1);
}

async function pillarGet({ world, acts, args }: FunContext): Promise<FunResult> {
  return returned(lookUp(pillarAsJson(world, await compilePillar(world, acts)), args[0] ?? ''));
}

async function syncAll({ node, kwargs }: FunContext): Promise<FunResult> {
  const saltenv = kwargs.saltenv;
  const isFresh = node.minion.synced.size === 0;
  node.minion.synced.add(typeof saltenv === 'string' ? saltenv.replace(/^metalk8s-/, '') : node.version);
  const none = Object.fromEntries(Object.keys(SYNCED_MODULES).map((kind) => [kind, []]));
  return returned(isFresh ? SYNCED_MODULES : none);
}

async function archivesFun(call: FunContext): Promise<FunResult> {
  const { world, acts, node, args } = call;
  const paths = args[0] === undefined ? await configured(call) : pathsIn(args[0]);
  return returned(archivesAsJson(await getArchives(world, acts, node, paths)));
}

async function mountedFun(call: FunContext): Promise<FunResult> {
  const { world, acts, node } = call;
  const archives = await getArchives(world, acts, node, await configured(call));
  const mounted = archives.filter(({ path }) => node.mounts.some(({ target }) => target === path));
  return returned(archivesAsJson(mounted));
}

async function configured({ world, acts }: FunContext): Promise<readonly string[]> {
  const config = await readBootstrapConfig(world, acts);
  if (config.is === 'wrong')
    throw new CommandExecutionError(`Pillar metalk8s.archives is missing: ${config.errors.join('; ')}`);
  return config.archives;
}

/** One path, or a Python list of them. */
function pathsIn(word: string): readonly string[] {
  return word.startsWith('[')
    ? [...word.matchAll(/'([^']*)'|"([^"]*)"/g)].map((hit) => hit[1] ?? hit[2] ?? '')
    : [word];
}

function others({ world, node, cache, work }: FunContext): readonly RunningFun[] {
  const foreign = foreignRun(world, node);
  return [...cache.running(node.name).filter((one) => one !== work), ...(foreign === null ? [] : [foreign])];
}

function findJob(call: FunContext): Json {
  const found = others(call).find(({ jid }) => jid === call.args[0]);
  return found === undefined ? {} : asJson(found);
}

function asJson({ fun, pid, jid, target, targetType, args }: RunningFun): Json {
  if (target === 'salt-call') return { fun, pid, jid, tgt: target };
  return { tgt_type: targetType, jid, tgt: target, pid, ret: '', user: 'root', arg: args, fun };
}

function matches(glob: string): (one: RunningFun) => boolean {
  return ({ fun }) => (glob.endsWith('*') ? fun.startsWith(glob.slice(0, -1)) : fun === glob);
}
