import type { ProofReport, SeenProof } from '../../src/domain/questions/verify/proof-report.ts';
import type { ProofBoard, ProofRequest, ProofWish } from '../../src/ports/proofs.ts';

/** Requests for proofs and the worker's last report, in memory. */
export class FakeProofBoard implements ProofBoard {
  /** The request that waits. */
  waiting: ProofRequest | null = null;
  /** Every report that the worker has put. */
  readonly reports: ProofReport[] = [];
  #last = 0;
  #seen: SeenProof = { is: 'none' };

  async ask(wish: ProofWish): Promise<number | null> {
    if (this.waiting !== null) return null;
    this.#last += 1;
    this.waiting = { request: this.#last, ...wish };
    return this.#last;
  }

  async take(): Promise<ProofRequest | null> {
    const taken = this.waiting;
    this.waiting = null;
    return taken;
  }

  async put(report: ProofReport): Promise<void> {
    this.reports.push(report);
    this.#seen = { is: 'seen', report, ageMs: 0 };
  }

  async seen(): Promise<SeenProof> {
    return this.#seen;
  }

  /** What readers see from now on. */
  show(seen: SeenProof): void {
    this.#seen = seen;
  }
}
