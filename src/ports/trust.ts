import type { Approval, SignedApproval } from '../domain/change/approval.ts';
import type { ChangeId } from '../domain/change/change.ts';

/** Signs approvals; the private key lives with the bot only. */
export interface ApprovalSigner {
  sign(approval: Approval): SignedApproval;
}

/** Checks signatures against the worker's trusted public keys. */
export interface ApprovalChecker {
  /** Is it signed, as it stands, by a key that is trusted? */
  isGenuine(signed: SignedApproval): boolean;
}

/** Fresh random names. */
export interface Ids {
  change(cluster: string): ChangeId;
  nonce(): string;
}
