import { jobCacheOf } from '../../../sandbox/cluster/salt/job-cache.ts';
import type { SimCommand, World } from '../../../sandbox/cluster/world.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { isReadOnly } from './approved-lines.ts';

const ENGINES = 'metalk8s.container-engine';

/** One act on the cluster. */
export interface Act {
  readonly on: string;
  readonly line: string;
  readonly at: string;
  readonly exitCode: number | null;
}

/** A container engine job, with the exit code of each minion that has answered. */
export interface EngineJob {
  readonly at: string;
  readonly minions: readonly string[];
  readonly retcodes: Readonly<Record<string, number>>;
}

/** The steps of every plan in the journal. */
export const stepsIn = (events: readonly ChangeEvent[]): readonly Step[] =>
  events.flatMap((event) => (event.type === 'planned' ? event.plan.approved.steps : []));

/** Every act that changed, or could have changed, a node. */
export function actsOf({ nodes }: World): readonly Act[] {
  return [...nodes.values()].flatMap(({ name, commandLog }) =>
    commandLog.filter(({ line }: SimCommand) => !isReadOnly(line)).map((command) => ({ ...command, on: name })),
  );
}

/** Every container engine job, however it was started. */
export function engineJobs(world: World): readonly EngineJob[] {
  const jobs = jobCacheOf(world)
    .list()
    .filter(({ args }) => args[0] === ENGINES);
  return jobs.map(({ jid, minions, returns }) => ({
    at: timeOf(jid),
    minions,
    retcodes: Object.fromEntries([...returns].map(([minion, { retcode }]) => [minion, retcode])),
  }));
}

/** A job ID is its creation time: YYYYMMDDhhmmss and microseconds, here cut to milliseconds. */
const timeOf = (jid: string): string =>
  jid.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})\d*$/, '$1-$2-$3T$4:$5:$6.$7Z');
