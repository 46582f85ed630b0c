import { isOfTheCluster } from '../../domain/answers/failure.ts';
import {
  FINDING_LIMIT,
  MOST_FINDINGS,
  type ProofCut,
  type ProofFinding,
  type ProofResult,
} from '../../domain/cluster/proof-result.ts';
import { clipped } from '../../domain/text/clipped.ts';

/** The reason to end a proof early. */
export class CutShort extends Error {
  override readonly name = 'CutShort';
  readonly cut: ProofCut;

  constructor(cut: ProofCut, says: string) {
    super(says);
    this.cut = cut;
  }
}

/** What a proof has found so far. */
export class ProofNotes {
  readonly #differences: ProofFinding[] = [];
  readonly #unread: ProofFinding[] = [];
  registries: ProofResult['registries'] = [];
  archives = 0;
  images = 0;
  layers: ProofResult['layers'] = { blobs: 0, bytes: 0 };
  engines: ProofResult['engines'] = { all: 0, right: 0 };

  different(where: string, says: string): void {
    this.#differences.push({ where, says: clipped(says, FINDING_LIMIT) });
  }

  unread(where: string, says: string): void {
    this.#unread.push({ where, says: clipped(says, FINDING_LIMIT) });
  }

  /** A failure of the cluster is something unread; any other error is thrown again. */
  failed(where: string, error: unknown): void {
    if (!isOfTheCluster(error)) throw error;
    this.unread(where, error.report().what);
  }

  /** Everything, with `reason` if the proof was cut short. */
  result(about: Pick<ProofResult, 'cluster' | 'began' | 'ended' | 'deep'>, reason: CutShort | null): ProofResult {
    return {
      ...about,
      registries: this.registries,
      archives: this.archives,
      images: this.images,
      layers: this.layers,
      engines: this.engines,
      differences: this.#differences.slice(0, MOST_FINDINGS),
      moreDifferences: Math.max(0, this.#differences.length - MOST_FINDINGS),
      unread: this.#unread.slice(0, MOST_FINDINGS),
      moreUnread: Math.max(0, this.#unread.length - MOST_FINDINGS),
      cut: reason === null ? null : { is: reason.cut, says: reason.message },
    };
  }
}
