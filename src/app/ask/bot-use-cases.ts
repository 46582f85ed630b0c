import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { type WorkerState, workerState } from '../../domain/cluster/worker-state.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { type ActiveHolds, NOTHING_HELD, type RightsIn } from '../../domain/policy/active-holds.ts';
import type { Hold, HoldWish } from '../../domain/policy/hold.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApprovalSigner, Ids } from '../../ports/trust.ts';
import { type Decision, decideChange } from './decide-change.ts';
import { holdCluster } from './hold-cluster.ts';
import { type ClusterPorts, requestChange } from './request-change.ts';
import { requestUndo, type UndoWish } from './request-undo.ts';
import { activeHoldsOf, rightsOf } from './rights.ts';
import { type PostAgain, tendChanges } from './tend-changes.ts';

export interface BotPorts {
  readonly clusters: ReadonlyMap<string, ClusterPorts>;
  readonly cards: Cards;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: ApprovalSigner;
}

const unknownCluster = (name: string, { clusters }: BotPorts): Refusal =>
  refuse('unknown-cluster', `There is no cluster ${name} here.`, `Known clusters: ${[...clusters.keys()].join(', ')}.`);

/** What people can ask the bot for, over all clusters that it knows. */
export function botUseCases(ports: BotPorts) {
  return { ...wishes(ports), ...standing(ports) };
}

/** What Slack's side asks of the bot's inside. */
export type UseCases = ReturnType<typeof botUseCases>;

/** What changes something, or asks for it. */
function wishes(ports: BotPorts) {
  const inCluster = async <T>(name: string, act: (cluster: ClusterPorts & BotPorts) => Promise<T>) => {
    const cluster = ports.clusters.get(name);
    return cluster === undefined ? unknownCluster(name, ports) : await act({ ...ports, ...cluster });
  };
  return {
    request: (intent: Intent, by: Person, channel: string, post: PostCard): Promise<Change | Refusal> =>
      inCluster(intent.cluster, (cluster) => requestChange(intent, by, channel, post, cluster)),
    undo: (wish: UndoWish, post: PostCard): Promise<Change | Refusal> =>
      inCluster(clusterOf(wish.undoes), (cluster) => requestUndo(wish, post, cluster)),
    decide: (decision: Decision): Promise<Change | Refusal> =>
      inCluster(clusterOf(decision.change), (cluster) => decideChange(decision, cluster)),
    hold: (wish: HoldWish, by: Person, channel: string): Promise<Hold | Refusal> =>
      inCluster(wish.cluster, (cluster) => holdCluster(wish, by, channel, cluster)),
  };
}

/** How things are, and what has to be looked after. */
function standing(ports: BotPorts) {
  return {
    /** What keeps changes of this cluster from starting. */
    async activeHolds(name: string): Promise<ActiveHolds> {
      const cluster = ports.clusters.get(name);
      return cluster === undefined ? NOTHING_HELD : await activeHoldsOf({ ...ports, ...cluster });
    },
    /** What this person may do here, cluster by cluster. */
    async rights(by: Person, channel: string): Promise<readonly RightsIn[]> {
      const each = [...ports.clusters].map(([name, cluster]) => rightsOf(name, by, channel, { ...ports, ...cluster }));
      return await Promise.all(each);
    },
    /** What a queued change waits for: IDs of changes ahead of it. */
    async waitsFor({ id }: Change): Promise<readonly ChangeId[]> {
      return (await ports.clusters.get(clusterOf(id))?.queue.ahead(id)) ?? [];
    },
    /** Is the worker running that the cluster's changes wait for? */
    async workerOf(cluster: string): Promise<WorkerState> {
      return workerState((await ports.clusters.get(cluster)?.worker.seen()) ?? null);
    },
    /** Looks after open changes of every cluster; call it now and then. */
    async tend(postAgain: PostAgain): Promise<void> {
      await forEachOne(ports.clusters.values(), (cluster) => tendChanges({ ...ports, ...cluster, postAgain }));
    },
  };
}

type PostCard = (change: Change) => Promise<MessageRef>;
