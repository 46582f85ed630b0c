import type { NodeActs, SimNode, World } from '../../world.ts';
import type { JobCache, RunningFun } from '../job-cache.ts';
import type { Json } from '../json.ts';

/** One call of an execution function on one minion. */
export interface FunContext {
  readonly world: World;
  readonly acts: NodeActs;
  readonly node: SimNode;
  readonly cache: JobCache;
  /** This call as listed in the minion's proc directory. */
  readonly work: RunningFun;
  readonly args: readonly string[];
  readonly kwargs: Readonly<Record<string, Json>>;
  readonly signal: AbortSignal;
}
