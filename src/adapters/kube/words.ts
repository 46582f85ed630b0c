import { codeOf } from '../../domain/text/error-code.ts';

/** Network errors in words, by Node's and OpenSSL's codes. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the address',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name does not resolve at the moment',
  ETIMEDOUT: 'timed out',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the kubeconfig does not trust the issuer of its certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'the kubeconfig does not trust the issuer of its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the kubeconfig does not trust the issuer of its certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the kubeconfig does not trust the issuer of its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another server name',
};

/** The code of an error, of its cause, or of the first error of an AggregateError. */
function innerCodeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return innerCodeOf(error.errors[0]);
  if (!(error instanceof Error)) return '';
  return codeOf(error) || innerCodeOf(error.cause);
}

/** A network error in words, never with text from the server. */
export function connectionWords(error: unknown): string {
  const code = innerCodeOf(error);
  return code === '' ? 'the connection failed' : (WORDS[code] ?? `the connection failed (${code})`);
}

/** An HTTP status of the Kubernetes API in words. */
export function statusWords(status: number): string {
  if (status === 401) return 'rejected the credentials in the kubeconfig';
  if (status === 403) return 'denied permission to the user in the kubeconfig';
  if (status === 429) return 'reported a rate limit (429)';
  if (status >= 500) return `failed with status ${status}`;
  return `answered with status ${status}`;
}
