import { botEntryProof, refuseSharedKeys } from '../../adapters/keys/entries.ts';
import { loadTrustedKeys, ownAndFormerKeys } from '../../adapters/keys/files.ts';
import type { SigningKey } from '../../adapters/keys/signature.ts';
import { type BotConfig, workerKeysOf } from '../../config/bot-config.ts';
import type { EntryProof } from '../../domain/change/record-entry.ts';

/** By cluster: the bot's signing key and the keys whose entries it accepts. Throws `key-unusable`. */
export async function botProofs(
  { clusters, approval }: BotConfig,
  own: SigningKey,
): Promise<ReadonlyMap<string, EntryProof>> {
  const bots = await ownAndFormerKeys(own, approval.formerKeys);
  const workers = new Map(
    await Promise.all(
      clusters.map(async (cluster) => [cluster.name, await loadTrustedKeys(workerKeysOf(cluster))] as const),
    ),
  );
  refuseSharedKeys(bots, workers);
  return new Map([...workers].map(([name, keys]) => [name, botEntryProof({ own, bots, workers: keys })]));
}
