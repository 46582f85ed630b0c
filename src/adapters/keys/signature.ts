import { type KeyObject, sign, verify } from 'node:crypto';
import type { Signature } from '../../domain/change/record-entry.ts';
import { canonicalJson } from '../../domain/text/canonical.ts';
import { keyUnusable } from './failures.ts';
import { keyName, privateKeyFrom, publicKeyFrom } from './pair.ts';

const SIGNATURE_BYTES = 64;

/** A private key and its name. */
export interface SigningKey {
  readonly privateKeyPem: string;
  readonly name: string;
}

/** A public key that is trusted. */
export interface TrustedKey {
  /** Default: the fingerprint, as in `newKeyPair` and `loadSigningKey`. */
  readonly name?: string;
  readonly publicKeyPem: string;
}

/** Parsed once: a bot of 1,000 clusters has one key for six kinds of statements in each. */
const privateKeys = new WeakMap<SigningKey, KeyObject>();
const publicKeys = new WeakMap<TrustedKey, KeyObject>();

function parsed<T extends object>(of: T, known: WeakMap<T, KeyObject>, parse: () => KeyObject): KeyObject {
  const key = known.get(of) ?? parse();
  known.set(of, key);
  return key;
}

/** Public keys by name. */
export type Trusted = ReadonlyMap<string, KeyObject>;

/** Reads keys; throws `key-unusable` for an invalid key, or for two keys with one name. */
export function trusted(keys: readonly TrustedKey[]): Trusted {
  const byName = new Map<string, KeyObject>();
  for (const key of keys) {
    const { publicKeyPem, name = keyName(publicKeyPem) } = key;
    if (byName.has(name)) {
      throw keyUnusable(name, 'Two trusted keys have this name.', 'Give each key its own name, or remove one.');
    }
    byName.set(
      name,
      parsed(key, publicKeys, () => publicKeyFrom(publicKeyPem)),
    );
  }
  return byName;
}

/** A value as it is signed: a lone surrogate, left by a cut character, has no canonical form. */
export function wellFormed(value: object): unknown {
  const text = JSON.stringify(value);
  // JSON escapes lone surrogates, and hardly anything else in this way; looking at each part takes most of the time.
  if (!/\\ud[89a-f]/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, part: unknown) => (typeof part === 'string' ? part.toWellFormed() : part));
}

/** Signs values for one purpose: `context` is a prefix of the signed text, so the signature is valid for nothing else. */
export function signerFor(context: string, own: SigningKey): (value: unknown) => Signature {
  const { privateKeyPem, name } = own;
  const key = parsed(own, privateKeys, () => privateKeyFrom(privateKeyPem));
  return (value) => ({
    key: name,
    signature: sign(null, Buffer.from(context + canonicalJson(value)), key).toString('base64'),
  });
}

/** Whether one of these keys signed exactly this value for this purpose. */
export function isSigned(context: string, value: unknown, { key, signature }: Signature, keys: Trusted): boolean {
  const publicKey = keys.get(key);
  const bytes = Buffer.from(signature, 'base64');
  // Buffer.from is lenient; only the canonical base64 text is accepted.
  if (publicKey === undefined || bytes.length !== SIGNATURE_BYTES || bytes.toString('base64') !== signature)
    return false;
  const text = canonicalOrNull(value);
  return text !== null && verify(null, Buffer.from(context + text), publicKey, bytes);
}

function canonicalOrNull(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch (error) {
    // A value without a canonical form cannot have been signed.
    if (error instanceof TypeError) return null;
    throw error;
  }
}
