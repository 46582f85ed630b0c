import { codeOf } from '../../../domain/text/error-code.ts';

/** Ways out by error code: the first word of a Redis error, or the code of Node or OpenSSL. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ...helps('Redis requires a login: set redis.username and REGISTRY_HA_REDIS_PASSWORD(_FILE).', 'NOAUTH'),
  ...helps(
    'Redis rejected the user or the password: compare both with the user’s line in Redis’ users.acl.',
    'WRONGPASS',
  ),
  ...helps(
    'The Redis user lacks a permission: run `registry-ha redis acl` again, then `redis-cli ACL LOAD`.',
    'NOPERM',
  ),
  ...helps('The connection was refused: start Redis, or correct redis.url.', 'ECONNREFUSED'),
  ...helps('The host name does not resolve: correct redis.url.', 'ENOTFOUND', 'EAI_AGAIN'),
  ...helps('There is no route to the address: correct redis.url, or fix the network.', 'EHOSTUNREACH', 'ENETUNREACH'),
  // A plain-text server does not answer a TLS handshake.
  ...helps('Redis timed out: check redis.url and the network. A rediss:// url requires Redis’ tls-port.', 'ETIMEDOUT'),
  ...helps(
    'This port does not use TLS: set Redis’ tls-port in redis.url, or use redis:// for plain text.',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  ),
  ...helps(
    'Redis requires a client certificate: set redis.tls.cert and redis.tls.key.',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  ),
  ...helps(
    'Redis does not trust the issuer of redis.tls.cert: add the issuer to Redis’ tls-ca-cert-file.',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  ),
  ...helps(
    'The issuer of Redis’ certificate is not trusted: set the issuer’s certificate in redis.tls.ca.',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'CERT_SIGNATURE_FAILURE',
  ),
  ...helps(
    'Redis’ certificate is for another server name: set that name in redis.url or redis.tls.serverName.',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ),
  ...helps('Redis’ certificate has expired: renew it.', 'CERT_HAS_EXPIRED'),
]);

/** What an operator can do about an error of Redis or its connection. */
export function redisRemedy(error: unknown): string {
  return REMEDIES.get(wordOf(error)) ?? 'Check that Redis runs and is reachable.';
}

function helps(says: string, ...words: readonly string[]): readonly (readonly [string, string])[] {
  return words.map((word) => [word, says]);
}

function wordOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = codeOf(error);
  if (code) return code;
  // A missing permission inside a script has no code.
  if (/^ERR The user executing the script can't/.test(error.message)) return 'NOPERM';
  return /^[A-Z]+/.exec(error.message)?.[0] ?? '';
}
