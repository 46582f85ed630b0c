import type { Approval, SignedApproval } from '../domain/change/approval.ts';
import type { ChangeId } from '../domain/change/change.ts';

/** Signs approvals; only the bot has the private key. */
export interface ApprovalSigner {
  sign(approval: Approval): SignedApproval;
}

/** Checks signatures against the worker's trusted public keys. */
export interface ApprovalChecker {
  /** Whether a trusted key signed exactly this approval. */
  isGenuine(signed: SignedApproval): boolean;
}

/** Random IDs. */
export interface Ids {
  change(cluster: string): ChangeId;
  nonce(): string;
}
