import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { CLUSTER } from '../../../sandbox/people.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { approvalSigner } from '../../../src/adapters/keys/approvals.ts';
import { botEntryProof } from '../../../src/adapters/keys/entries.ts';
import { loadSigningKey } from '../../../src/adapters/keys/files.ts';
import { randomIds } from '../../../src/adapters/keys/ids.ts';
import { redisChanges } from '../../../src/adapters/redis/record/changes.ts';
import type { Changes } from '../../../src/ports/record.ts';
import type { ApprovalSigner } from '../../../src/ports/trust.ts';

/** What the honest bot signs. An attacker never has its key, but may have seen signed data. */
export interface BotsOwn {
  readonly signer: ApprovalSigner;
  /** The record, as written by the bot. */
  readonly changes: Changes;
  /** A new change ID. */
  newId(): string;
}

/** The only attack code that signs with the product's code; all forgeries use the attacker's own code. */
export async function botsOwn({ folder }: Sandbox, redis: Redis): Promise<BotsOwn> {
  const own = await loadSigningKey(join(folder, 'approval.key'));
  const proof = botEntryProof({ own, bots: [], workers: [] });
  return {
    signer: approvalSigner(own),
    changes: redisChanges({ redis, cluster: CLUSTER, proof }),
    newId: () => randomIds().change(CLUSTER),
  };
}
