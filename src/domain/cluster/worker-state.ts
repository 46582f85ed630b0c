/** The last heartbeat of a cluster's worker. Times come from Redis, so the clocks of bot and worker do not matter. */
export interface SeenWorker {
  readonly heardAt: string;
  readonly silentMs: number;
  /** How far the worker's clock was ahead of Redis' at this heartbeat; null if it did not say, or did not know. */
  readonly workerAheadMs: number | null;
  /** Why the running worker cannot work, in sentences; null when it can. */
  readonly trouble: string | null;
  /** Null if the worker did not say, or does not know. */
  readonly nodes: ReadNodes | null;
  /** Null if the worker did not say. */
  readonly who: WorkerName | null;
  /** Left out or null if the worker did not say: it is older than this, or newer and says it in another form. */
  readonly about?: WorkerAbout | null;
}

/** The program of a worker, and the names of the bots' keys that it trusts. */
export interface WorkerAbout {
  readonly version: string;
  readonly trusts: readonly string[];
}

/** One start of a worker. */
export interface WorkerName {
  /** Unique for each start. */
  readonly id: string;
  /** For people: the host, and the process number there. */
  readonly name: string;
}

/** The nodes of a cluster. */
export interface ClusterNodes {
  /** All names, those of `bootstrap` among them. */
  readonly names: readonly string[];
  /** Bootstrap nodes, which have the first registry. */
  readonly bootstrap: readonly string[];
}

/** The nodes as the worker last read them in Kubernetes, `ageMs` before it said so. */
export interface ReadNodes extends ClusterNodes {
  readonly ageMs: number;
}

/** What a worker says with each heartbeat. */
export type WorkerSays = Pick<SeenWorker, 'trouble' | 'nodes' | 'who'>;

/** The last heartbeat; null when there never was one, `unverified` when no trusted worker has signed it. */
export type Heard = SeenWorker | 'unverified' | 'newer' | null;

/** False when nothing is known from the heartbeat. */
export const isHeard = (heard: Heard): heard is SeenWorker => heard !== null && typeof heard === 'object';

export type WorkerState =
  | { readonly is: 'there' }
  /** `since` is null when the cluster never had a heartbeat; `isLong`: people are called. */
  | { readonly is: 'silent'; readonly since: string | null; readonly isLong?: boolean }
  /** No trusted key has signed the heartbeat, so nothing is known about the worker. */
  | { readonly is: 'unverified' }
  /** A newer version of the worker wrote the heartbeat in a form that this version does not know. */
  | { readonly is: 'newer' }
  | { readonly is: 'hindered'; readonly says: string };

/** True if the heartbeat does not say that the worker lives. */
export const isUnheard = (worker: WorkerState): worker is Extract<WorkerState, { is: Unheard }> =>
  worker.is !== 'there' && worker.is !== 'hindered';
type Unheard = 'silent' | 'unverified' | 'newer';

export const WORKER_THERE: WorkerState = { is: 'there' };

/** A slower answer of Redis does not say when its clock was read. */
export const SLOW_ANSWER_MS = 5_000;

export const HEARTBEAT_EVERY_MS = 3_000;
/** Five missed heartbeats; a restart by systemd takes two or three seconds. */
export const SILENT_AFTER_MS = 15_000;

/** After a reboot of its node, the worker is usually back within a minute. */
const LONG_SILENCE_MS = 60_000;

/** Three readings of the list: an older one may lack a new node. */
const FRESH_MS = 180_000;

/** The nodes, if the worker has read them a short time ago; null when they are not known. */
export function freshNodes(seen: Heard): ClusterNodes | null {
  if (!isHeard(seen) || seen.nodes === null) return null;
  const { ageMs, ...nodes } = seen.nodes;
  // Redis' clock may have been set back since the heartbeat.
  return ageMs + Math.abs(seen.silentMs) > FRESH_MS ? null : nodes;
}

export function workerState(seen: Heard): WorkerState {
  if (seen === 'unverified' || seen === 'newer') return { is: seen };
  if (seen === null) return { is: 'silent', since: null };
  // A heartbeat from the future: Redis' clock was set back, and nobody knows how old it is. The next one tells.
  if (Math.abs(seen.silentMs) > SILENT_AFTER_MS)
    return { is: 'silent', since: seen.heardAt, ...(seen.silentMs > LONG_SILENCE_MS ? { isLong: true } : {}) };
  return seen.trouble === null ? WORKER_THERE : { is: 'hindered', says: seen.trouble };
}
