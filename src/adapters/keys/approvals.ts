import { type KeyObject, sign, verify } from 'node:crypto';
import type { Approval, SignedApproval } from '../../domain/approval.ts';
import { canonicalJson } from '../../domain/canonical.ts';
import type { ApprovalChecker, ApprovalSigner } from '../../ports.ts';
import { KeyUnusable } from './failures.ts';
import { keyName, privateKeyFrom, publicKeyFrom } from './pair.ts';

/** What is signed begins with this, so that the signature is good for nothing else. */
const CONTEXT = 'registry-ha approval v1\0';
const SIGNATURE_BYTES = 64;

/** Signs with the bot's key; `name` is what workers know it by. Throws KeyUnusable. */
export function approvalSigner(options: { readonly privateKeyPem: string; readonly name: string }): ApprovalSigner {
  const key = privateKeyFrom(options.privateKeyPem);
  return {
    sign: (approval) => ({
      approval,
      key: options.name,
      signature: sign(null, signedText(approval), key).toString('base64'),
    }),
  };
}

/** A public key that a worker trusts. */
export interface TrustedKey {
  /** Its fingerprint when not given, which is what `newKeyPair` and `loadSigningKey` name a key. */
  readonly name?: string;
  readonly publicKeyPem: string;
}

/** Checks against these keys and no others. Throws KeyUnusable for a key that is none, or for two of one name. */
export function approvalChecker({ keys }: { readonly keys: readonly TrustedKey[] }): ApprovalChecker {
  const trusted = new Map<string, KeyObject>();
  for (const { publicKeyPem, name = keyName(publicKeyPem) } of keys) {
    if (trusted.has(name)) {
      throw new KeyUnusable(name, 'Two approval keys have this name.', 'Give each key its own name, or remove one.');
    }
    trusted.set(name, publicKeyFrom(publicKeyPem));
  }
  return { isGenuine: (signed) => isGenuine(signed, trusted) };
}

function isGenuine({ approval, key, signature }: SignedApproval, trusted: ReadonlyMap<string, KeyObject>): boolean {
  const publicKey = trusted.get(key);
  const bytes = Buffer.from(signature, 'base64');
  // Buffer.from is lenient; only the one base64 text of 64 bytes is a signature.
  if (publicKey === undefined || bytes.length !== SIGNATURE_BYTES || bytes.toString('base64') !== signature)
    return false;
  const text = textOrNull(approval);
  return text !== null && verify(null, text, publicKey, bytes);
}

function textOrNull(approval: Approval): Buffer | null {
  try {
    return signedText(approval);
  } catch (error) {
    // An approval without canonical form cannot have been signed.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function signedText(approval: Approval): Buffer {
  return Buffer.from(CONTEXT + canonicalJson(approval));
}
