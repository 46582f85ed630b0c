import { type Refusal, refuse } from '../answers/refusal.ts';
import { listed } from '../text/format.ts';

/** One of MetalK8s' own scripts in progress on the bootstrap node. */
export interface RunningScript {
  readonly pid: number;
  /** For example `upgrade.sh`. */
  readonly script: string;
}

/** Refuses while MetalK8s' own scripts may change archives, versions or solutions. */
export function scriptsRefusal(running: readonly RunningScript[]): Refusal | null {
  if (running.length === 0) return null;
  const named = running.map(({ script, pid }) => `${script} (process ${pid})`);
  return refuse(
    'script-running',
    `MetalK8s' own ${listed(named)} ${named.length === 1 ? 'runs' : 'run'} on the bootstrap node. A plan could be outdated at once.`,
    'Wait until the script ends, then run the command again.',
  );
}
