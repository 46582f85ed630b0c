import { codeOf } from '../../../domain/text/error-code.ts';

/** What helps against an error of Redis or of the way to it: the first word of Redis' own errors, or Node's and OpenSSL's codes. */
const MENDS: ReadonlyMap<string, string> = new Map([
  ...helps('Redis wants to know who comes: set redis.username and REGISTRY_HA_REDIS_PASSWORD(_FILE).', 'NOAUTH'),
  ...helps(
    'Redis does not know this user with this password: compare both with the user’s line in Redis’ users.acl.',
    'WRONGPASS',
  ),
  ...helps(
    'The user may not do this in Redis: write users.acl again with `registry-ha redis acl` and load it (ACL LOAD).',
    'NOPERM',
  ),
  ...helps('Nothing listens there: start Redis, or mend redis.url.', 'ECONNREFUSED'),
  ...helps('That name does not resolve: mend redis.url.', 'ENOTFOUND', 'EAI_AGAIN'),
  ...helps('There is no way to that address: mend redis.url or the network.', 'EHOSTUNREACH', 'ENETUNREACH'),
  // A server of plain text just waits when TLS begins.
  ...helps('No answer in time: mend redis.url or the network; rediss:// needs Redis’ tls-port.', 'ETIMEDOUT'),
  ...helps(
    'No TLS is spoken at this port: name Redis’ tls-port in redis.url, or write redis:// for plain text.',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  ),
  ...helps(
    'Redis wants a certificate from us: set redis.tls.cert and redis.tls.key.',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  ),
  ...helps(
    'Redis does not trust the authority that signed redis.tls.cert.',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  ),
  ...helps(
    'Redis’ certificate is signed by nobody we trust: name the authority in redis.tls.ca.',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_SIGNATURE_FAILURE',
  ),
  ...helps(
    'Redis’ certificate names another server: write that name into redis.url or redis.tls.serverName.',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ),
  ...helps('Redis’ certificate has expired: renew it.', 'CERT_HAS_EXPIRED'),
]);

/** What an operator can do about an error of a connection to Redis. */
export function redisMend(error: unknown): string {
  return MENDS.get(wordOf(error)) ?? 'Check that Redis runs and can be reached.';
}

function helps(says: string, ...words: readonly string[]): readonly (readonly [string, string])[] {
  return words.map((word) => [word, says]);
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = codeOf(error);
  if (code) return code;
  // What a script may not do reaches us without a word of its own.
  if (/^ERR The user executing the script can't/.test(error.message)) return 'NOPERM';
  return /^[A-Z]+/.exec(error.message)?.[0] ?? '';
}
