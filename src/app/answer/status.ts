import { isRefusal } from '../../domain/answers/refusal.ts';
import { workerState } from '../../domain/cluster/worker-state.ts';
import { isNews, type SeenStatus } from '../../domain/questions/status/cluster-status.ts';
import type { ClusterView } from '../../domain/questions/status/view.ts';
import { activeHoldsOf } from '../policy/rights.ts';
import { knownForChanges } from './changes.ts';
import type { AnsweredCluster, AnswerPorts, Gather, Later } from './gather.ts';
import { visibleClusters } from './visible-clusters.ts';

/** How long a person waits for a new inspection. An inspection takes at most one minute. */
const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

/** The last status of each cluster, at once; only the status of one cluster is then refreshed. */
export const knownForStatus: Gather<'status'> = async (ask, asker, ports) => {
  const names = await visibleClusters(ask.cluster, asker, ports);
  if (isRefusal(names)) return names;
  const asked = { which: 'open', onlyMine: false, node: null } as const;
  const each = names.flatMap((cluster) => {
    const of = ports.clusters.get(cluster);
    return of === undefined ? [] : [{ cluster, of }];
  });
  const clusters = await Promise.all(
    each.map(async ({ cluster, of }): Promise<ClusterView> => {
      const [seen, worker, held, changes] = await Promise.all([
        of.board.seen(),
        of.worker.seen(),
        activeHoldsOf({ ...ports, ...of }),
        names.length === 1 ? knownForChanges({ ...asked, cluster }, asker, ports) : null,
      ]);
      const state = workerState(worker);
      const canInspect = names.length === 1 && (state.is === 'there' || state.is === 'hindered');
      return {
        ...{ cluster, seen, held, worker: state },
        open: changes === null || isRefusal(changes) ? [] : changes.found,
        windows: of.policy.verbs.add.windows,
        fresh: canInspect ? 'asked' : 'none',
      };
    }),
  );
  return { clusters };
};

/** Asks for a new inspection, and waits for it; null if it found nothing else. */
export const newerStatus: Later<'status'> = async ({ clusters: [view, ...others] }, ports, signal) => {
  const of = view === undefined ? undefined : ports.clusters.get(view.cluster);
  if (view === undefined || of === undefined || others.length > 0 || view.fresh !== 'asked') return null;
  const seen = await inspected(of, ports, signal);
  if (signal.aborted) return null;
  if (seen === null) return { clusters: [{ ...view, seen: await of.board.seen(), fresh: 'late' }] };
  return isNews(view.seen, seen) ? { clusters: [{ ...view, seen, fresh: 'arrived' }] } : null;
};

/** The status of an inspection that began after this request; null if there was none in time. */
async function inspected(
  { board }: AnsweredCluster,
  { clock }: AnswerPorts,
  signal: AbortSignal,
): Promise<SeenStatus | null> {
  const request = await board.ask();
  const until = clock.steadyMs() + WAIT_MS;
  while (clock.steadyMs() < until && !signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    const seen = await board.seen();
    if (seen.is === 'newer' || (seen.is === 'seen' && seen.answers >= request)) return seen;
  }
  return null;
}
