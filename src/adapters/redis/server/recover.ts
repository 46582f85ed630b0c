import { ReplyError } from 'ioredis';
import { codeOf } from '../../../domain/text/error-code.ts';

const MAX_CLIENTS = 'max-clients';
const NO_SENTINEL = 'no-sentinel';
const SENTINEL = { login: 'sentinel-login', password: 'sentinel-password', rights: 'sentinel-rights' } as const;

/** The answer of one Sentinel, or the last one of all (ioredis, SentinelConnector). */
const ofSentinel = (word: string) =>
  new RegExp(`^(?:failed to connect to sentinel \\S+ because|All sentinels are unreachable.* Last error:) ${word} `);

/** Errors without a code: a missing permission inside a script, too many connections (both Redis), and those of Sentinels (ioredis). */
const CODELESS: readonly (readonly [RegExp, string])[] = [
  [/^ERR The user executing the script can't/, 'NOPERM'],
  [/^ERR max number of clients reached/, MAX_CLIENTS],
  [ofSentinel('NOAUTH'), SENTINEL.login],
  [ofSentinel('WRONGPASS'), SENTINEL.password],
  [ofSentinel('NOPERM'), SENTINEL.rights],
  [/^All sentinels are unreachable/, NO_SENTINEL],
];

/** Ways out by error code: the first word of a Redis error, or the code of Node or OpenSSL. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ...helps('Redis requires a login: set redis.username and REGISTRY_HA_REDIS_PASSWORD(_FILE).', 'NOAUTH'),
  ...helps(
    'Redis rejected the user or the password: compare both with the user’s line in Redis’ users.acl.',
    'WRONGPASS',
  ),
  ...helps(
    'The Redis user lacks a permission: run `registry-ha redis acl` again, install the file, then restart Redis.',
    'NOPERM',
  ),
  ...helps(
    'This Redis is a read-only replica: set redis.url to the primary, or use redis.sentinels. After a failover, wait a moment.',
    'READONLY',
  ),
  ...helps('Redis cannot write to its disk and accepts no changes: free disk space, and read Redis’ log.', 'MISCONF'),
  ...helps('Redis has no memory left: raise maxmemory, or remove other data from this Redis.', 'OOM'),
  ...helps(
    'A key of registry-ha holds something else. Another program writes to this Redis: give registry-ha a Redis of its own. Then delete that key, which MONITOR of redis-cli shows.',
    'WRONGTYPE',
  ),
  ...helps('Redis is still loading its data: wait.', 'LOADING'),
  ...helps('This Redis is a replica without a primary: start the primary, or set redis.url to it.', 'MASTERDOWN'),
  ...helps(
    'Redis Cluster is not supported: use one Redis, or Redis with Sentinel.',
    'CLUSTERDOWN',
    'MOVED',
    'ASK',
    'CROSSSLOT',
    'TRYAGAIN',
  ),
  ...helps('Redis requires more replicas (min-replicas-to-write): start the missing replicas.', 'NOREPLICAS'),
  ...helps('A Lua script of another program blocks Redis: run `redis-cli SCRIPT KILL`.', 'BUSY'),
  ...helps('Redis has too many connections: raise maxclients, or close other programs.', MAX_CLIENTS),
  ...helps('No Sentinel answers or knows the primary: check redis.sentinels and redis.sentinelName.', NO_SENTINEL),
  ...helps(
    'The Sentinels require a login: set REGISTRY_HA_SENTINEL_PASSWORD(_FILE), and redis.sentinelUsername if they have users.',
    SENTINEL.login,
  ),
  ...helps(
    'The Sentinels reject the login: compare redis.sentinelUsername and REGISTRY_HA_SENTINEL_PASSWORD(_FILE) with sentinel.conf.',
    SENTINEL.password,
  ),
  ...helps(
    'The user at the Sentinels lacks a permission: give it +sentinel|get-master-addr-by-name and +sentinel|sentinels.',
    SENTINEL.rights,
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
  return REMEDIES.get(redisWord(error)) ?? 'Check that Redis runs and is reachable.';
}

/** True if a Sentinel answered, and rejected the login or the user. */
export const isSentinelLogin = (error: unknown): boolean => Object.values<string>(SENTINEL).includes(redisWord(error));

/** True for an error of Redis or its connection, and false for any other. */
export const isOfRedis = (error: unknown): boolean => error instanceof ReplyError || REMEDIES.has(redisWord(error));

function helps(says: string, ...words: readonly string[]): readonly (readonly [string, string])[] {
  return words.map((word) => [word, says]);
}

/** The code of an error: of Node or OpenSSL, or the first word of Redis' reply; empty without one. */
export function redisWord(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = codeOf(error);
  if (code) return code;
  return CODELESS.find(([text]) => text.test(error.message))?.[1] ?? /^[A-Z]+(?= )/.exec(error.message)?.[0] ?? '';
}
