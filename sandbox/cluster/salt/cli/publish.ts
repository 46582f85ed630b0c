import type { NodeActs, SimNode, World } from '../../world.ts';
import { type Job, jobCacheOf } from '../job-cache.ts';
import type { Json } from '../json.ts';
import { argsForCache, type FunArgs } from '../minion/fun-args.ts';
import { type FunResult, type MinionReturn, toMinionReturn } from '../minion/fun-result.ts';
import { isMinionUp, Minion } from '../minion/minion.ts';
import { endOf } from '../pace.ts';

/** Who a job is for, as the command line said it. */
export interface Target {
  readonly said: Json;
  readonly type: 'glob' | 'list';
  readonly known: readonly SimNode[];
  /** Names of a list that the master has no key of. */
  readonly unknown: readonly string[];
}

/** A job under way. A minion that is down, or whose job was killed, has an answer that never comes. */
export interface Published {
  readonly job: Job;
  readonly answers: ReadonlyMap<string, Promise<MinionReturn | null>>;
}

/** Finds the minions that a target means; the master's keys are the nodes. */
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

/** Publishes a job. From here on nothing that happens to the command line's process stops the minions. */
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

/** A job that the world's end breaks off is one that never answers. */
async function untilTheEnd(run: Promise<FunResult | null>, end: AbortSignal): Promise<FunResult | null> {
  try {
    return await run;
  } catch (error) {
    if (end.aborted) return null;
    throw error;
  }
}
