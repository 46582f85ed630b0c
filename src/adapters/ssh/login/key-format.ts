import { createPrivateKey, type KeyObject } from 'node:crypto';
import ssh2 from 'ssh2';

/** Formats that neither ssh2 nor OpenSSH before 9.6 reads: PKCS#8 of other keys than RSA and ECDSA. */
const TO_OPENSSH = 'convert it with `ssh-keygen -p -m RFC4716`, or create another with `ssh-keygen -t ed25519`';

/** The key as ssh2 reads it, or why it is unusable, in words that follow a colon. */
export function usableKey(text: string): { readonly key: string } | { readonly why: string } {
  if (text.trim() === '') return { why: 'it is empty' };
  if (isEncrypted(text)) return { why: 'it is encrypted with a passphrase, and nobody is there to type it' };
  const key = isPkcs8(text) ? fromPkcs8(text) : text;
  if (key === null) return { why: `its format (PKCS#8) is supported for RSA and ECDSA keys only; ${TO_OPENSSH}` };
  const parsed = ssh2.utils.parseKey(key);
  if (!(parsed instanceof Error) && [parsed].flat().some((one) => one.isPrivateKey())) return { key };
  const why = parsed instanceof Error ? 'it is not a private key' : 'it is a public key, and the private key is needed';
  return { why };
}

const isPkcs8 = (text: string): boolean => /^-----BEGIN PRIVATE KEY-----/m.test(text);

/** OpenSSH's format begins with a magic text and the name of the cipher (OpenSSH, PROTOCOL.key). */
function isEncrypted(text: string): boolean {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) return true;
  const [, body] = /^-----BEGIN OPENSSH PRIVATE KEY-----\s+([\w+/=\s]+)/m.exec(text) ?? [];
  const bytes = Buffer.from(body ?? '', 'base64');
  const at = 'openssh-key-v1\0'.length;
  return bytes.length > at + 8 && bytes.toString('latin1', at + 4, at + 8) !== 'none';
}

/** ssh2 reads no PKCS#8, which `openssl genpkey` writes. */
function fromPkcs8(text: string): string | null {
  const key = parsedKey(text);
  if (key?.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (key?.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  return key === null ? text : null;
}

function parsedKey(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    // The caller reports that it is no key.
    return null;
  }
}
