import type { SimNode, World } from '../../world.ts';
import { startTimeOf } from '../jid.ts';
import type { RunningFun } from '../job-cache.ts';

const busy = new WeakMap<World, RunningFun>();

/** The foreign highstate of the fault salt-busy; one for the whole world. */
export function foreignRun(world: World, node: SimNode): RunningFun | null {
  if (!world.faults.isOn('salt-busy', node.name)) return null;
  const known = busy.get(world);
  if (known !== undefined) return known;
  const startedAt = new Date();
  const made: RunningFun = {
    jid: `${startedAt.toISOString().replace(/\D/g, '')}000`,
    pid: 4711,
    fun: 'state.highstate',
    args: [],
    target: '*',
    targetType: 'glob',
    startedAt,
  };
  busy.set(world, made);
  return made;
}

/** The running state run that blocks another on this minion, in the conflict answer's words. */
export function conflictOf(world: World, node: SimNode): string | null {
  const run = node.minion.running ?? foreignRun(world, node);
  if (run === null) return null;
  const started = startTimeOf(run.jid);
  return `The function "${run.fun}" is running as PID ${run.pid} and was started at ${started} with jid ${run.jid}`;
}
