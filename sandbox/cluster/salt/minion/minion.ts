import type { NodeActs, SimNode, World } from '../../world.ts';
import { type JobCache, jobCacheOf, type RunningFun } from '../job-cache.ts';
import type { Json } from '../json.ts';
import { pause } from '../pace.ts';
import type { FunArgs } from './fun-args.ts';
import type { FunContext } from './fun-context.ts';
import { type FunResult, returned } from './fun-result.ts';
import { callFunction } from './functions.ts';

const CALL_MS = 1_500;

/** A call to one minion. */
export interface MinionCall {
  readonly jid: string;
  readonly fun: string;
  readonly parsed: FunArgs;
  readonly target: Json;
  readonly targetType: 'glob' | 'list';
  readonly signal: AbortSignal;
}

/** A salt-minion: runs functions and lists those in progress. */
export class Minion {
  private readonly world: World;
  private readonly acts: NodeActs;
  private readonly cache: JobCache;

  constructor(world: World, acts: NodeActs) {
    this.world = world;
    this.acts = acts;
    this.cache = jobCacheOf(world);
  }

  /** Runs a function; null if the job was killed (fault engine-lost), or if its answer gets lost (answer-lost). */
  async run(node: SimNode, call: MinionCall): Promise<FunResult | null> {
    const work: RunningFun = {
      jid: call.jid,
      pid: this.cache.nextPid(),
      fun: call.fun,
      args: call.parsed.args,
      target: call.target,
      targetType: call.targetType,
      startedAt: new Date(),
    };
    this.cache.started(node.name, work);
    try {
      await pause(this.world, CALL_MS, call.signal);
      if (this.isLost(node, call)) return null;
      const result = await this.answer({ ...this.parts(node, call), work });
      return this.isAnswerLost(node, call) ? null : result;
    } finally {
      this.cache.ended(node.name, work);
    }
  }

  private parts(node: SimNode, { parsed, signal }: MinionCall): Omit<FunContext, 'work'> {
    return {
      world: this.world,
      acts: this.acts,
      cache: this.cache,
      node,
      signal,
      args: parsed.args,
      kwargs: parsed.kwargs,
    };
  }

  private async answer(context: FunContext): Promise<FunResult> {
    try {
      return await callFunction(context);
    } catch (error) {
      if (context.signal.aborted) throw error;
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return returned(`The minion function caused an exception: Traceback (most recent call last):\n${trace}\n`, 1);
    }
  }

  private isLost(node: SimNode, call: MinionCall): boolean {
    return isEngineRun(call) && this.world.faults.isOn('engine-lost', node.name);
  }

  /** The master restarts as the job ends: the work is done, and nobody has its result. */
  private isAnswerLost(node: SimNode, call: MinionCall): boolean {
    return isEngineRun(call) && this.world.faults.isOn('answer-lost', node.name);
  }
}

const isEngineRun = ({ fun, parsed }: MinionCall): boolean =>
  fun === 'state.sls' && (parsed.args[0] ?? '').split(',').includes('metalk8s.container-engine');

/** Whether the minion receives the master's jobs. */
export function isMinionUp(world: World, node: SimNode): boolean {
  return node.minion.up && !world.faults.isOn('minion-down', node.name);
}
