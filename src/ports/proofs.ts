import type { ProofReport, SeenProof } from '../domain/questions/verify/proof-report.ts';

/** A proof that a person asks for. It is not signed: whatever it says, it can only make the worker read. */
export interface ProofWish {
  /** Empty: every registry. */
  readonly nodes: readonly string[];
  readonly deep: boolean;
}

/** A proof that was asked for; `request` is a new number. */
export interface ProofRequest extends ProofWish {
  readonly request: number;
}

/** Requests for proofs, and the worker's answers. */
export interface ProofBoard {
  /** Asks the worker of the cluster; null while an older request waits. A request that nobody takes is gone after two minutes. */
  ask(wish: ProofWish): Promise<number | null>;
  /** Takes the waiting request, so that nobody takes it again; null without one. */
  take(): Promise<ProofRequest | null>;
  /** Replaces the last report. */
  put(report: ProofReport): Promise<void>;
  seen(): Promise<SeenProof>;
}
