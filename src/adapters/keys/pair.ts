import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { keyUnusable } from './failures.ts';

/** An Ed25519 key pair in PEM (PKCS 8 and SPKI) and its name. */
export interface KeyPair {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly name: string;
}

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    name: keyNameOf(publicKey),
  };
}

/** A key's name: the first twelve hex digits of the SHA-256 of the public key. Throws `key-unusable`. */
export function keyName(publicKeyPem: string): string {
  return keyNameOf(publicKeyFrom(publicKeyPem));
}

/** The public key of a private one, and its name. Throws `key-unusable`. */
export function publicHalf(privateKeyPem: string): Omit<KeyPair, 'privateKeyPem'> {
  const key = createPublicKey(privateKeyFrom(privateKeyPem));
  return { publicKeyPem: key.export({ type: 'spki', format: 'pem' }).toString(), name: keyNameOf(key) };
}

/** Throws `key-unusable` unless the PEM is an Ed25519 private key without a passphrase. */
export function privateKeyFrom(pem: string): KeyObject {
  return ed25519('a signing key', () => createPrivateKey(pem));
}

/** Throws `key-unusable` unless the PEM is an Ed25519 public key. */
export function publicKeyFrom(pem: string): KeyObject {
  return ed25519('a public key', () => {
    // createPublicKey also accepts a private key, which must not be where only signatures are checked.
    if (pem.includes('PRIVATE KEY')) throw new TypeError('it is a private key');
    return createPublicKey(pem);
  });
}

function ed25519(where: string, read: () => KeyObject): KeyObject {
  const next = 'Create a new key pair with `registry-ha keys new`.';
  try {
    const key = read();
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw keyUnusable(where, 'The key is not an Ed25519 key in PEM, or it is the wrong half.', next, { cause });
  }
  throw keyUnusable(where, 'The key is not an Ed25519 key.', next);
}

function keyNameOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 12);
}
