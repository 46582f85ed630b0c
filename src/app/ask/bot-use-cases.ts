import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { MessageRef } from '../../domain/change/change.ts';
import { type Change, type ChangeId, clusterOf } from '../../domain/change/change.ts';
import { type WorkerState, workerState } from '../../domain/cluster/worker-state.ts';
import type { Intent } from '../../domain/plan/plan.ts';
import type { Hold, HoldWish } from '../../domain/policy/hold.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApprovalSigner, Ids } from '../../ports/trust.ts';
import { type Decision, decideChange } from './decide-change.ts';
import { holdCluster } from './hold-cluster.ts';
import { type ClusterPorts, requestChange } from './request-change.ts';
import { requestUndo, type UndoWish } from './request-undo.ts';
import { type ActiveHolds, activeHoldsOf, MOVING, type Rights, rightsOf } from './rights.ts';
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

/** What people can ask the bot for, over all clusters it knows. */
export function botUseCases(ports: BotPorts) {
  const clusterOfChange = (id: ChangeId) => ports.clusters.get(clusterOf(id));
  return {
    async request(
      intent: Intent,
      requester: Person,
      channel: string,
      post: (change: Change) => Promise<MessageRef>,
    ): Promise<Change | Refusal> {
      const cluster = ports.clusters.get(intent.cluster);
      if (cluster === undefined) return unknownCluster(intent.cluster, ports);
      return await requestChange(intent, requester, channel, post, { ...ports, ...cluster });
    },
    async undo(wish: UndoWish, post: (change: Change) => Promise<MessageRef>): Promise<Change | Refusal> {
      const cluster = clusterOfChange(wish.undoes);
      return cluster === undefined
        ? unknownCluster(clusterOf(wish.undoes), ports)
        : await requestUndo(wish, post, { ...ports, ...cluster });
    },
    async decide(decision: Decision): Promise<Change | Refusal> {
      const cluster = clusterOfChange(decision.change);
      return cluster === undefined
        ? unknownCluster(clusterOf(decision.change), ports)
        : await decideChange(decision, { ...ports, ...cluster });
    },
    async hold(wish: HoldWish, by: Person, channel: string): Promise<Hold | Refusal> {
      const cluster = ports.clusters.get(wish.cluster);
      if (cluster === undefined) return unknownCluster(wish.cluster, ports);
      return await holdCluster(wish, by, channel, { ...ports, ...cluster });
    },
    /** What keeps changes of this cluster from starting. */
    async activeHolds(name: string): Promise<ActiveHolds> {
      const cluster = ports.clusters.get(name);
      return cluster === undefined ? MOVING : await activeHoldsOf({ ...ports, ...cluster });
    },
    /** What this person may do here, cluster by cluster. */
    async rights(by: Person, channel: string): Promise<readonly Rights[]> {
      const each = [...ports.clusters].map(([name, cluster]) => rightsOf(name, by, channel, { ...ports, ...cluster }));
      return await Promise.all(each);
    },
    async waitsFor({ id }: Change): Promise<readonly ChangeId[]> {
      return (await clusterOfChange(id)?.queue.ahead(id)) ?? [];
    },
    /** Is the worker that a cluster's changes wait for there? */
    async workerOf(cluster: string): Promise<WorkerState> {
      return workerState((await ports.clusters.get(cluster)?.worker.seen()) ?? null);
    },
    /** Looks after open changes of every cluster; call it now and then. */
    async tend(postAgain: PostAgain): Promise<void> {
      await forEachOne(ports.clusters.values(), (cluster) => tendChanges({ ...ports, ...cluster, postAgain }));
    },
  };
}

/** What Slack's side asks of the bot's inside. */
export type UseCases = ReturnType<typeof botUseCases>;
