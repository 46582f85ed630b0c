import { botEntryProof, refuseSharedKeys } from '../../adapters/keys/entries.ts';
import { everyKey, loadTrustedKeys, ownAndFormerKeys } from '../../adapters/keys/files.ts';
import type { SigningKey, TrustedKey } from '../../adapters/keys/signature.ts';
import { proofOf } from '../../adapters/keys/statements.ts';
import { workerKeysOf } from '../../config/bot-clusters.ts';
import type { BotFileConfig } from '../../config/bot-config.ts';
import type { EntryProof, Proof } from '../../domain/change/record-entry.ts';

/** What the bot signs and checks for one cluster. */
export interface ClusterProofs {
  readonly entries: EntryProof;
  readonly heartbeat: Proof;
  readonly status: Proof;
  readonly proof: Proof;
  readonly dryRun: Proof;
  /** The name of the bot's key. */
  readonly botKey: string;
  /** The same for the same keys. */
  readonly trusts: string;
}

/** The bot's proofs: of what bots sign, and by cluster of what its worker signs. */
export interface BotProofs {
  readonly cards: Proof;
  readonly holds: Proof;
  readonly told: Proof;
  readonly clusters: ReadonlyMap<string, ClusterProofs>;
}

/** Reads the keys whose statements the bot accepts. Throws `key-unusable`, or `several` for several keys. */
export async function botProofs(
  { clusters, approval }: Pick<BotFileConfig, 'clusters' | 'approval'>,
  signing: SigningKey | Promise<SigningKey>,
): Promise<BotProofs> {
  const trusted = clusters.map(
    async (cluster) => [cluster.name, await loadTrustedKeys(workerKeysOf(cluster))] as const,
  );
  await everyKey([Promise.resolve(signing), loadTrustedKeys(approval.formerKeys), ...trusted]);
  const own = await signing;
  const bots = await ownAndFormerKeys(own, approval.formerKeys);
  const workers = new Map(await Promise.all(trusted));
  refuseSharedKeys(bots, workers);
  const proofsOf = (keys: readonly TrustedKey[]): ClusterProofs => ({
    entries: botEntryProof({ own, bots, workers: keys }),
    heartbeat: proofOf('heartbeat', own, keys),
    status: proofOf('status', own, keys),
    proof: proofOf('proof', own, keys),
    dryRun: proofOf('dry-run', own, keys),
    botKey: own.name,
    trusts: keys.map(({ publicKeyPem }) => publicKeyPem).join(),
  });
  return {
    cards: proofOf('card', own, bots),
    holds: proofOf('hold', own, bots),
    told: proofOf('told', own, bots),
    clusters: new Map([...workers].map(([name, keys]) => [name, proofsOf(keys)])),
  };
}
