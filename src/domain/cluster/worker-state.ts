/** A cluster's worker as it was heard of last; times are Redis' own, so that no two clocks have to agree. */
export interface SeenWorker {
  readonly heardAt: string;
  readonly silentMs: number;
  /** Why it cannot work though it runs, in sentences; null when it can. */
  readonly trouble: string | null;
}

/** Is somebody there to carry changes out? */
export type WorkerState =
  | { readonly is: 'there' }
  /** `since` is null when no worker of the cluster was ever heard of. */
  | { readonly is: 'silent'; readonly since: string | null }
  | { readonly is: 'hindered'; readonly says: string };

export const WORKER_THERE: WorkerState = { is: 'there' };

/** A worker says that it is there this often. */
export const HEARTBEAT_EVERY_MS = 3_000;
/** Five words lost in a row; a restart by systemd takes two or three seconds. */
const SILENT_AFTER_MS = 15_000;

/** What was heard of a worker, judged. */
export function workerState(seen: SeenWorker | null): WorkerState {
  if (seen === null) return { is: 'silent', since: null };
  if (seen.silentMs > SILENT_AFTER_MS) return { is: 'silent', since: seen.heardAt };
  return seen.trouble === null ? WORKER_THERE : { is: 'hindered', says: seen.trouble };
}
