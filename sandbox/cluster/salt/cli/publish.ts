import type { NodeActs, SimNode, World } from '../../world.ts';
import { type Job, jobCacheOf } from '../job-cache.ts';
import type { Json } from '../json.ts';
import { argsForCache, type FunArgs } from '../minion/fun-args.ts';
import { type FunResult, type MinionReturn, toMinionReturn } from '../minion/fun-result.ts';
import { isMinionUp, Minion } from '../minion/minion.ts';
import { endOf } from '../pace.ts';

/** The target of a job, from the command line. */
export interface Target {
  readonly said: Json;
  readonly type: 'glob' | 'list';
  readonly known: readonly SimNode[];
  /** Listed names for which the master has no key. */
  readonly unknown: readonly string[];
}

/** A job in progress. A minion that is down, or whose job was killed, never answers. */
export interface Published {
  readonly job: Job;
  readonly answers: ReadonlyMap<string, Promise<MinionReturn | null>>;
}

/** Resolves a target to minions; the master has the keys of all nodes. */
export function findTarget(world: World, said: string, isList: boolean): Target {
  const nodes = [...world.nodes.values()];
  if (!isList) {
    const pattern = new RegExp(
      `^${said
        .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    return { said, type: 'glob', known: nodes.filter(({ name }) => pattern.test(name)), unknown: [] };
  }
  const names = said.split(',').filter((name) => name !== '');
  const known = nodes.filter(({ name }) => names.includes(name));
  return { said: names, type: 'list', known, unknown: names.filter((name) => !world.nodes.has(name)) };
}

/** Publishes a job. From now on, ending the command does not stop the minions. */
export function publish(world: World, acts: NodeActs, target: Target, fun: string, parsed: FunArgs): Published {
  const cache = jobCacheOf(world);
  const jid = cache.jids.next(new Date());
  const minions = target.known.map(({ name }) => name);
  const job = cache.open({
    jid,
    fun,
    args: argsForCache(parsed),
    target: target.said,
    targetType: target.type,
    minions,
  });
  const minion = new Minion(world, acts);
  const call = { jid, fun, parsed, target: target.said, targetType: target.type, signal: endOf(world) };
  const answers = target.known.map((node) => [node.name, answer(node)] as const);
  return { job, answers: new Map(answers) };

  async function answer(node: SimNode): Promise<MinionReturn | null> {
    if (!isMinionUp(world, node)) return null;
    const result = await untilTheEnd(minion.run(node, call), call.signal);
    if (result === null || !isMinionUp(world, node)) return null;
    const returned = toMinionReturn(result);
    job.returns.set(node.name, returned);
    return returned;
  }
}

/** When the sandbox ends, unfinished jobs count as never answered. */
async function untilTheEnd(run: Promise<FunResult | null>, end: AbortSignal): Promise<FunResult | null> {
  try {
    return await run;
  } catch (error) {
    if (end.aborted) return null;
    throw error;
  }
}
