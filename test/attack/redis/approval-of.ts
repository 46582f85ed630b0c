import { randomBytes } from 'node:crypto';
import type { Approval } from '../../../src/domain/change/approval.ts';
import { ALICE, BOB, type Target } from '../stage/attack-stage.ts';

const HOUR_MS = 3_600_000;

/** An approval for this change as the bot would sign it now. */
export function approvalOf({ change, digest }: Target, more: Partial<Omit<Approval, 'v'>> = {}): Approval {
  const { verb, cluster, nodes } = change.intent;
  const at = new Date();
  return {
    v: 1,
    change: change.id,
    cluster,
    verb,
    nodes,
    digest,
    requester: ALICE.id,
    approvers: [BOB.id],
    at: at.toISOString(),
    expires: new Date(at.getTime() + HOUR_MS).toISOString(),
    nonce: randomBytes(16).toString('base64url'),
    ...more,
  };
}
