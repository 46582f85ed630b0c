import { type Refusal, refuse } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change, ChangeId, MessageRef } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import { type ClusterNodes, freshNodes, type WorkerState, workerState } from '../../domain/cluster/worker-state.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import { type ActiveHolds, NOTHING_HELD } from '../../domain/policy/active-holds.ts';
import type { HoldWish, KeptHold } from '../../domain/policy/hold.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Cards, Fleet } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ApprovalSigner, Ids } from '../../ports/trust.ts';
import { type Calls, callsFor, NO_CALLS } from '../policy/calls.ts';
import { whatHolds } from '../policy/rights.ts';
import { changeAt } from '../record/change-at.ts';
import { rivalsOf } from '../record/rivals.ts';
import type { Answering, Forming, Homing } from './asker.ts';
import { lookAtWorker, type WorkerLook } from './compared-clocks.ts';
import { type Decision, decideChange, whyNotDecide } from './decide-change.ts';
import { holdCluster } from './hold-cluster.ts';
import { type ClusterPorts, requestChange } from './request-change.ts';
import { requestUndo, type UndoWish } from './request-undo.ts';
import { type TendSlack, tendChanges } from './tend-changes.ts';
import { workerWatch } from './watch-workers.ts';

export interface BotPorts {
  readonly clusters: ReadonlyMap<string, ClusterPorts>;
  readonly fleet: Fleet;
  readonly cards: Cards;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly signer: ApprovalSigner;
  /** Hears of each look at a worker. */
  readonly onWorker?: (cluster: string, look: WorkerLook) => void;
}

const unknownCluster = (name: string, { clusters }: BotPorts): Refusal =>
  refuse('unknown-cluster', `The bot serves no cluster ${name}.`, `Clusters: ${[...clusters.keys()].join(', ')}.`);

/** What people can ask, made by `app/answer`. */
export interface Asked {
  readonly answer: Answering;
  readonly form: Forming;
  readonly home: Homing;
}

/** Everything that people can request from the bot, over all its clusters. */
export function botUseCases(ports: BotPorts, asked: Asked) {
  return { ...wishes(ports), ...standing(ports), ...upkeep(ports), ...asked };
}

/** The interface between Slack surfaces and the bot. */
export type UseCases = ReturnType<typeof botUseCases>;

/** Use cases that change something, or request it. */
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
    /** Why a decision would be refused; null if it would be made. */
    whyNotDecide: (decision: Decision): Promise<Refusal | null> =>
      inCluster(clusterOf(decision.change), (cluster) => whyNotDecide(decision, cluster)),
    hold: (wish: HoldWish, by: Person, channel: string): Promise<KeptHold | Refusal> =>
      inCluster(wish.cluster, async (cluster) => {
        const hold = await holdCluster(wish, by, channel, cluster);
        ports.fleet.noteHold(wish.cluster);
        return hold;
      }),
  };
}

/** The regular upkeep. */
function upkeep(ports: BotPorts) {
  /** Clusters whose last news was that they have no open change. */
  const quiet = new Set<string>();
  return {
    /** Maintains the open changes of every cluster; call it regularly. `onOpen` hears of them. */
    async tend({ postAgain, remind }: TendSlack, onOpen: OnOpen = () => undefined): Promise<void> {
      const busy = new Set(await ports.fleet.busy());
      for (const name of quiet) if (busy.has(name) || !ports.clusters.has(name)) quiet.delete(name);
      await forEachOne(ports.clusters, async ([name, cluster]) => {
        if (!busy.has(name)) {
          if (!quiet.has(name)) onOpen(name, []);
          return void quiet.add(name);
        }
        const own = { postAgain, remind, onOpen: (open: readonly Change[]) => onOpen(name, open) };
        await tendChanges({ ...ports, ...cluster, ...own });
      });
    },
  };
}

/** Use cases that read the current state. */
function standing(ports: BotPorts) {
  return {
    /** What keeps this change from starting now. */
    async activeHolds(change: Change): Promise<ActiveHolds> {
      const cluster = ports.clusters.get(change.intent.cluster);
      return cluster === undefined ? NOTHING_HELD : await whatHolds(change, { ...ports, ...cluster });
    },
    /** IDs of the changes ahead of a queued change. */
    async waitsFor({ id }: Change): Promise<readonly ChangeId[]> {
      return (await ports.clusters.get(clusterOf(id))?.queue.ahead(id)) ?? [];
    },
    /** Open changes that name one of the same nodes. */
    async rivals(change: Change): Promise<readonly Change[]> {
      const changes = ports.clusters.get(clusterOf(change.id))?.changes;
      return changes === undefined ? [] : await rivalsOf(change, changes);
    },
    /** Who is needed for this change. */
    async calls(change: Change): Promise<Calls> {
      const cluster = ports.clusters.get(clusterOf(change.id));
      return cluster === undefined ? NO_CALLS : await callsFor(change, cluster);
    },
    /** The change whose card is this message. */
    changeAt: (place: MessageRef): Promise<Change | null> => changeAt(place, ports.clusters.values(), ports.cards),
    /** The state of the cluster's worker. */
    async workerOf(cluster: string): Promise<WorkerState> {
      const served = ports.clusters.get(cluster);
      if (served === undefined) return workerState(null);
      const look = await lookAtWorker(cluster, { ...served, clock: ports.clock });
      ports.onWorker?.(cluster, look);
      return look.state;
    },
    /** The workers that cards need, and some of the others. */
    watchWorkers: workerWatch(ports),
    /** The nodes of these clusters, if the worker has named them a short time ago. */
    async nodes(clusters: readonly string[]): Promise<ReadonlyMap<string, ClusterNodes | null>> {
      const seen = await ports.fleet.workers(clusters);
      return new Map([...seen].map(([name, worker]) => [name, freshNodes(worker)] as const));
    },
  };
}

type OnOpen = (cluster: string, open: readonly Change[]) => void;

type PostCard = (change: Change) => Promise<MessageRef>;
