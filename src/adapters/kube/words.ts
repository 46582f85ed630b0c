import { codeOf } from '../../domain/text/error-code.ts';

/** What is said of a network error, by Node's and OpenSSL's codes. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no way to that network',
  ENOTFOUND: 'that name does not resolve',
  EAI_AGAIN: 'that name does not resolve just now',
  ETIMEDOUT: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody the kubeconfig trusts',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody the kubeconfig trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody the kubeconfig trusts',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody the kubeconfig trusts',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate names another server',
};

/** The code of a thrown value, of its cause, or of the first error of a bundle of them. */
function innerCodeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return innerCodeOf(error.errors[0]);
  if (!(error instanceof Error)) return '';
  return codeOf(error) || innerCodeOf(error.cause);
}

/** A network error in a few words, never with the other side's raw text. */
export function connectionWords(error: unknown): string {
  const code = innerCodeOf(error);
  return code === '' ? 'the connection broke' : (WORDS[code] ?? `the connection broke (${code})`);
}

/** What an HTTP status of the Kubernetes API means for an operator. */
export function statusWords(status: number): string {
  if (status === 401) return 'does not accept the credentials of the kubeconfig';
  if (status === 403) return 'does not allow it to the user of the kubeconfig';
  if (status === 429) return 'asks to come back later (429)';
  if (status >= 500) return `is in trouble itself (${status})`;
  return `answered with status ${status}`;
}
