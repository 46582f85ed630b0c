import type { ClusterStatus, SeenStatus } from '../../src/domain/questions/status/cluster-status.ts';
import type { InspectionRequest, StatusBoard } from '../../src/ports/status.ts';

/** A cluster's last status in memory. */
export class FakeStatusBoard implements StatusBoard {
  /** The last request. */
  request: InspectionRequest = 0;
  #seen: SeenStatus = { is: 'none' };

  async put(status: ClusterStatus, answers: InspectionRequest): Promise<void> {
    this.#seen = { is: 'seen', status, ageMs: 0, answers };
  }

  async seen(): Promise<SeenStatus> {
    return this.#seen;
  }

  async ask(): Promise<InspectionRequest> {
    this.request += 1;
    return this.request;
  }

  /** What readers see from now on. */
  show(seen: SeenStatus): void {
    this.#seen = seen;
  }
}
