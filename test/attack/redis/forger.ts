import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Approval, SignedApproval } from '../../../src/domain/change/approval.ts';

/** An attacker with an Ed25519 key pair, who knows from the documentation how approvals are signed. Uses no product code. */
export interface Forger {
  /** The key's name in the bot's format: the first 12 hex digits of the SHA-256 of its public half. */
  readonly name: string;
  readonly publicKeyPem: string;
  sign(approval: Approval): SignedApproval;
}

/** The start of the signed bytes: visible in the docs and in any signed approval. */
const CONTEXT = 'registry-ha approval v1\0';

export function newForger(): Forger {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const name = createHash('sha256').update(der).digest('hex').slice(0, 12);
  const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { name, publicKeyPem, sign: (approval) => ({ approval, key: name, signature: signature(approval, key) }) };
}

/** The fields are strings, numbers and lists of strings, so sorted keys are the whole canonical form (RFC 8785). */
function signature(approval: Approval, key: KeyObject): string {
  const fields = Object.entries(approval).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(Object.fromEntries(fields));
  return sign(null, Buffer.from(CONTEXT + text), key).toString('base64');
}
