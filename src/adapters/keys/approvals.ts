import type { ApprovalChecker, ApprovalSigner } from '../../ports/trust.ts';
import { isSigned, type SigningKey, signerFor, type TrustedKey, trusted } from './signature.ts';

const CONTEXT = 'registry-ha approval v1\0';

/** Signs with the bot's key; `name` is what workers know it by. Throws `key-unusable`. */
export function approvalSigner(key: SigningKey): ApprovalSigner {
  const sign = signerFor(CONTEXT, key);
  return { sign: (approval) => ({ approval, ...sign(approval) }) };
}

/** Checks against these keys and no others. Throws `key-unusable` for a key that is none, or for two of one name. */
export function approvalChecker({ keys }: { readonly keys: readonly TrustedKey[] }): ApprovalChecker {
  const known = trusted(keys);
  return { isGenuine: ({ approval, key, signature }) => isSigned(CONTEXT, approval, { key, signature }, known) };
}
