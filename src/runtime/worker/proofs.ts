import { approvalChecker, approvalSigner } from '../../adapters/keys/approvals.ts';
import { workerEntryProof } from '../../adapters/keys/entries.ts';
import { everyKey, loadSigningKey, loadTrustedKeys, ownAndFormerKeys } from '../../adapters/keys/files.ts';
import { headChecker, headSealer } from '../../adapters/keys/seals.ts';
import { proofOf } from '../../adapters/keys/statements.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';

/** Reads the worker's own keys and the keys of trusted bots. Throws `key-unusable`, or `several` for several keys. */
export async function workerProofs({ keyFile, formerKeys, trustedKeys }: WorkerConfig) {
  const [signing, trusted] = [loadSigningKey(keyFile), loadTrustedKeys(trustedKeys)];
  await everyKey([signing, trusted, loadTrustedKeys(formerKeys)]);
  const [own, bots] = [await signing, await trusted];
  const workers = await ownAndFormerKeys(own, formerKeys);
  return {
    /** Names of the keys whose approvals count. */
    trusts: bots.map(({ name }) => name),
    entries: workerEntryProof({ own, bots, workers }),
    cards: proofOf('card', own, bots),
    holds: proofOf('hold', own, bots),
    heartbeat: proofOf('heartbeat', own, workers),
    status: proofOf('status', own, workers),
    proof: proofOf('proof', own, workers),
    dryRun: proofOf('dry-run', own, workers),
    approvals: approvalChecker({ keys: bots }),
    /** Approvals at the terminal, which count nowhere else. */
    terminal: { signer: approvalSigner(own, 'terminal'), checker: approvalChecker({ keys: workers }, 'terminal') },
    sealer: headSealer(own),
    seals: headChecker(workers),
  };
}

/** The signers and checkers of a worker. */
export type WorkerProofs = Awaited<ReturnType<typeof workerProofs>>;
