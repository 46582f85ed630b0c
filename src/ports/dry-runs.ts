import type { Intent } from '../domain/plan/intent.ts';
import type { DryRun, SeenDryRun } from '../domain/questions/plan/dry-run.ts';

/** A change whose plan a person wants to see. It is not signed: whatever it says, it can only make the worker read. */
export interface DryRunRequest {
  /** A random name, so that an answer to an earlier request is none to this one. */
  readonly request: string;
  readonly intent: Intent;
}

/** Requests for dry runs, and the worker's answers, each to its request. */
export interface DryRuns {
  /** Asks the worker of the cluster and returns the request's name; null while too many others wait. A request that nobody answers is gone after five minutes. */
  ask(intent: Intent): Promise<string | null>;
  /** The oldest request, which stays until it has its answer; null without one. */
  next(): Promise<DryRunRequest | null>;
  /** Answers a request. The answer is kept for ten minutes. */
  put(request: DryRunRequest, dryRun: DryRun): Promise<void>;
  seen(request: string): Promise<SeenDryRun>;
}
