import { approvalChecker } from '../../adapters/keys/approvals.ts';
import { workerEntryProof } from '../../adapters/keys/entries.ts';
import { loadSigningKey, loadTrustedKeys, ownAndFormerKeys } from '../../adapters/keys/files.ts';
import { headChecker, headSealer } from '../../adapters/keys/seals.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import type { EntryProof, HeadChecker, HeadSealer } from '../../domain/change/record-entry.ts';
import type { ApprovalChecker } from '../../ports/trust.ts';

/** The signers and checkers of a worker. */
export interface WorkerProofs {
  readonly entries: EntryProof;
  readonly approvals: ApprovalChecker;
  readonly sealer: HeadSealer;
  readonly seals: HeadChecker;
}

/** Reads the worker's own keys and the keys of trusted bots. Throws `key-unusable`. */
export async function workerProofs({ keyFile, formerKeys, trustedKeys }: WorkerConfig): Promise<WorkerProofs> {
  const own = await loadSigningKey(keyFile);
  const bots = await loadTrustedKeys(trustedKeys);
  const workers = await ownAndFormerKeys(own, formerKeys);
  return {
    entries: workerEntryProof({ own, bots, workers }),
    approvals: approvalChecker({ keys: bots }),
    sealer: headSealer(own),
    seals: headChecker(workers),
  };
}
