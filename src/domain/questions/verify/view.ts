import type { ProofResult } from '../../cluster/proof-result.ts';
import type { WorkerState } from '../../cluster/worker-state.ts';
import type { ProofProgress, ProofReport } from './proof-report.ts';

export interface VerifyAsk {
  readonly cluster: string;
  /** Empty: every registry. */
  readonly nodes: readonly string[];
  readonly deep: boolean;
  /** The node whose registry a drill would prove: the question of `drill NODE --dry`. */
  readonly drills?: string;
}

/** What each registry must serve, and how many there are, as the worker's last inspection found; null: not known. */
export interface ProofSize {
  readonly registries: number;
  readonly images: number;
}

/** How far the proof is. */
export type VerifyPhase =
  | { readonly is: 'worker-away'; readonly worker: Exclude<WorkerState, { readonly is: 'there' }> }
  /** Another proof is running, or another request waits. */
  | { readonly is: 'busy'; readonly progress: ProofProgress | null }
  | { readonly is: 'asked'; readonly request: number; readonly size: ProofSize | null }
  | { readonly is: 'running'; readonly request: number; readonly progress: ProofProgress }
  | { readonly is: 'ended'; readonly report: Extract<ProofReport, { readonly is: 'ended' }> }
  /** A command on the bootstrap node has proved by itself; its result is in no journal. */
  | { readonly is: 'proved-here'; readonly result: ProofResult }
  /** The worker did not take the request, or died with the proof, or wrote what cannot be read. */
  | { readonly is: 'lost'; readonly why: 'not-begun' | 'silent' | 'unverified' | 'newer' };

export interface VerifyKnown {
  readonly ask: VerifyAsk;
  readonly phase: VerifyPhase;
}
