import type { ApprovalChecker, ApprovalSigner } from '../../ports/trust.ts';
import { isSigned, type SigningKey, signerFor, type TrustedKey, trusted } from './signature.ts';

/** Where an approval was given. A signature counts for one of them only. */
const CONTEXTS = { slack: 'registry-ha approval v1\0', terminal: 'registry-ha terminal approval v1\0' } as const;

type GivenAt = keyof typeof CONTEXTS;

/** Signs with the bot's key, or at the terminal with the worker's; workers know the key by its `name`. Throws `key-unusable`. */
export function approvalSigner(key: SigningKey, at: GivenAt = 'slack'): ApprovalSigner {
  const sign = signerFor(CONTEXTS[at], key);
  return { sign: (approval) => ({ approval, ...sign(approval) }) };
}

/** Checks against exactly these keys. Throws `key-unusable` for an invalid key, or for two keys with one name. */
export function approvalChecker(
  { keys }: { readonly keys: readonly TrustedKey[] },
  at: GivenAt = 'slack',
): ApprovalChecker {
  const known = trusted(keys);
  return { isGenuine: ({ approval, key, signature }) => isSigned(CONTEXTS[at], approval, { key, signature }, known) };
}
