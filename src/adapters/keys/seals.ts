import type { HeadChecker, HeadSealer } from '../../domain/change/record-entry.ts';
import { isSigned, type SigningKey, signerFor, type TrustedKey, trusted } from './signature.ts';

const CONTEXT = 'registry-ha journal v1\0';

/** Seals the journal with the worker's key. Throws `key-unusable`. */
export function headSealer(own: SigningKey): HeadSealer {
  const sign = signerFor(CONTEXT, own);
  return { seal: ({ line, hash }) => sign({ line, hash }) };
}

/** Checks seals against these keys of workers. Throws `key-unusable`. */
export function headChecker(keys: readonly TrustedKey[]): HeadChecker {
  const known = trusted(keys);
  return {
    check: ({ line, hash }, seal) => {
      if (!known.has(seal.key)) return 'unknown-key';
      return isSigned(CONTEXT, { line, hash }, seal, known) ? 'genuine' : 'forged';
    },
  };
}
