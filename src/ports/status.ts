import type { ClusterStatus, SeenStatus } from '../domain/questions/status/cluster-status.ts';

/** A request for an inspection; a later request is a larger number. */
export type InspectionRequest = number;

/** The last status of a cluster's worker, for its bots. */
export interface StatusBoard {
  /** Replaces the last status. `answers` is the last request that was known when the inspection began; 0: none. */
  put(status: ClusterStatus, answers: InspectionRequest): Promise<void>;
  seen(): Promise<SeenStatus>;
  /** Asks the worker for a new inspection; it sees the request with its next heartbeat. */
  ask(): Promise<InspectionRequest>;
}

/** What the bots have told the people of a cluster, over all replicas. */
export interface Told {
  /** The troubles that people know of; null: they were never told anything. */
  last(): Promise<readonly string[] | null>;
  note(troubles: readonly string[]): Promise<void>;
}

/** What the last daily check has found, over all replicas of the bot. */
export interface DailyChecks {
  /** Null: there was none. */
  last(): Promise<CheckedDay | null>;
  note(checked: CheckedDay): Promise<void>;
}

export interface CheckedDay {
  /** The day of the last check that had a result, in the local time of the policy, for example `2026-11-22`. */
  readonly day: string | null;
  /** What people know of, one sentence each. */
  readonly findings: readonly string[];
}
