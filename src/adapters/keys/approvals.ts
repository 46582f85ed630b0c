import type { ApprovalChecker, ApprovalSigner } from '../../ports/trust.ts';
import { isSigned, type SigningKey, signerFor, type TrustedKey, trusted } from './signature.ts';

const CONTEXT = 'registry-ha approval v1\0';

/** Signs with the bot's key; workers know the key by its `name`. Throws `key-unusable`. */
export function approvalSigner(key: SigningKey): ApprovalSigner {
  const sign = signerFor(CONTEXT, key);
  return { sign: (approval) => ({ approval, ...sign(approval) }) };
}

/** Checks against exactly these keys. Throws `key-unusable` for an invalid key, or for two keys with one name. */
export function approvalChecker({ keys }: { readonly keys: readonly TrustedKey[] }): ApprovalChecker {
  const known = trusted(keys);
  return { isGenuine: ({ approval, key, signature }) => isSigned(CONTEXT, approval, { key, signature }, known) };
}
