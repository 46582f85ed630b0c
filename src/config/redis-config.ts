import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { howToLetRead, NOT_SECRET } from '../domain/answers/file-rights.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { atLeast } from '../domain/text/length.ts';
import { type Environment, Mistakes, secret, WrongConfig } from './read-config.ts';
import { passwordIn, type RedisLogin, redisUrl, whatIsWrongWith } from './redis-url.ts';

const path = z.string().startsWith('/', 'write an absolute path');

const SENTINEL = /^(?<host>[\w.-]+|\[[0-9a-f:.]+\]):(?<port>\d{1,5})$/i;

/** The address of Redis, the user, and the TLS files. */
export const RedisSchema = z
  .strictObject({
    url: z
      .string()
      .regex(/^rediss?:\/\//, 'write it as redis://host:port or rediss://host:port')
      .superRefine((text, { addIssue }) => {
        const message = whatIsWrongWith(text);
        if (message !== null) addIssue({ code: 'custom', message });
      })
      .optional(),
    /** Instead of `url`: the Sentinels that know the current primary. */
    sentinels: z
      .array(z.string().regex(SENTINEL, 'write it as host:port, for example 10.0.0.1:26379'))
      .check(atLeast(1, 'name at least one Sentinel; three are usual'))
      .optional(),
    /** The name of the primary in `sentinel monitor NAME …`. */
    sentinelName: z.string().check(atLeast(1)).optional(),
    /** The user at the Sentinels, which is not the user at the primary; without it, their `requirepass` counts. */
    sentinelUsername: z.string().check(atLeast(1)).optional(),
    username: z.string().check(atLeast(1)).optional(),
    tls: z
      .strictObject({
        ca: path.optional(),
        cert: path.optional(),
        key: path.optional(),
        serverName: z.string().optional(),
      })
      .optional(),
  })
  .superRefine(({ url, sentinels, sentinelName, sentinelUsername, tls }, { addIssue }) => {
    const issueAt = (path: string, message: string) => addIssue({ code: 'custom', path: [path], message });
    if (url === undefined && sentinels === undefined)
      issueAt('url', 'missing; write redis://host:port, or name the Sentinels under sentinels');
    if (url !== undefined && sentinels !== undefined)
      issueAt('sentinels', 'remove url or sentinels: the Sentinels name the server');
    if (sentinels !== undefined && sentinelName === undefined)
      issueAt('sentinelName', 'missing; write the name of the primary in the Sentinels’ configuration');
    if (sentinels === undefined && sentinelUsername !== undefined)
      issueAt('sentinelUsername', 'remove it, or name the Sentinels under sentinels');
    if (tls === undefined) return;
    const issue = (message: string) => issueAt('tls', message);
    if (url?.startsWith('redis://')) issue('TLS requires a url that starts with rediss://');
    if ((tls.cert === undefined) !== (tls.key === undefined)) issue('set both cert and key, or neither');
  });

export type RedisConfig = z.infer<typeof RedisSchema>;

/** Environment variables that override single keys. */
export const REDIS_OVERRIDES = {
  REGISTRY_HA_REDIS_URL: 'redis.url',
  REGISTRY_HA_REDIS_USERNAME: 'redis.username',
  REGISTRY_HA_SENTINEL_USERNAME: 'redis.sentinelUsername',
  REGISTRY_HA_REDIS_TLS_CA: 'redis.tls.ca',
  REGISTRY_HA_REDIS_TLS_CERT: 'redis.tls.cert',
  REGISTRY_HA_REDIS_TLS_KEY: 'redis.tls.key',
} as const;

interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

/** The Sentinels of a primary, and the login at that primary. */
export interface SentinelAddress extends RedisLogin {
  readonly name: string;
  /** The login at the Sentinels themselves. */
  readonly at: RedisLogin;
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
}

/** The options of a connection. */
export type RedisAddress = { readonly tls?: TlsFiles } & (
  | { readonly url: string }
  | { readonly sentinels: SentinelAddress }
);

/** The passwords that come from the environment. */
export interface RedisSecrets {
  readonly redisPassword?: string | undefined;
  readonly sentinelPassword?: string | undefined;
}

/** The passwords at Redis and at its Sentinels; mistakes are kept in `mistakes`. */
export const redisSecrets = (env: Environment, mistakes: Mistakes) => ({
  redisPassword: mistakes.of(() => secret('REGISTRY_HA_REDIS_PASSWORD', env)),
  sentinelPassword: mistakes.of(() => secret('REGISTRY_HA_SENTINEL_PASSWORD', env)),
});

/** The address with users and passwords, and the content of the TLS files. Throws WrongConfig for an unusable file, or a user and a password that do not belong together. */
export function redisAddress(config: RedisConfig, secrets: RedisSecrets): RedisAddress {
  const { url = '', username, sentinels, sentinelName: name = '', tls } = config;
  const { redisPassword: password } = secrets;
  const mistakes = new Mistakes();
  if (username !== undefined && (password ?? passwordIn(url) ?? '') === '')
    mistakes.of(() => noPassword('username', username, 'REDIS'));
  const at = mistakes.of(() => sentinelLogin(config, secrets)) ?? {};
  const files = tls === undefined ? undefined : mistakes.of(() => tlsFiles(tls));
  const found = mistakes.all();
  if (found !== null) throw found;
  const hosts = (sentinels ?? []).map(sentinelAt);
  const address =
    sentinels === undefined
      ? { url: redisUrl(url, { username, password }) }
      : { sentinels: { name, hosts, at, username, password } };
  return files === undefined ? address : { ...address, tls: files };
}

function sentinelAt(text: string) {
  const { host = '', port = '' } = SENTINEL.exec(text)?.groups ?? {};
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function tlsFiles({ ca, cert, key, serverName }: NonNullable<RedisConfig['tls']>): TlsFiles {
  const mistakes = new Mistakes();
  const read = (path: string | undefined, how: (path: string) => string) =>
    path === undefined ? undefined : mistakes.of(() => how(path));
  const texts = {
    ca: read(ca, (path) => certificate('ca', path)),
    cert: read(cert, (path) => certificate('cert', path)),
    key: read(key, privateKey),
  };
  const found = mistakes.all();
  if (found !== null) throw found;
  if (cert !== undefined && key !== undefined) checkPair(cert, texts.cert ?? '', key, texts.key ?? '');
  const { ca: issuer, cert: own, key: secret } = texts;
  return {
    ...(issuer === undefined ? {} : { ca: issuer }),
    ...(own === undefined ? {} : { cert: own }),
    ...(secret === undefined ? {} : { key: secret }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/** An empty password is none: container runtimes pass empty variables. */
function sentinelLogin(
  { sentinels, sentinelUsername: username }: RedisConfig,
  { sentinelPassword = '' }: RedisSecrets,
): RedisLogin {
  if (sentinels === undefined && sentinelPassword !== '')
    throw new WrongConfig('of Redis', [
      'redis.sentinels: missing, but REGISTRY_HA_SENTINEL_PASSWORD(_FILE) is set. Name the Sentinels, or unset the variable.',
    ]);
  if (sentinels !== undefined && username !== undefined && sentinelPassword === '')
    noPassword('sentinelUsername', username, 'SENTINEL');
  return sentinelPassword === '' ? {} : { username, password: sentinelPassword };
}

/** Redis would refuse each connection with WRONGPASS, and retries would not help. */
function noPassword(key: 'username' | 'sentinelUsername', user: string, of: 'REDIS' | 'SENTINEL'): never {
  const variable = `REGISTRY_HA_${of}_PASSWORD`;
  throw new WrongConfig('of Redis', [
    `redis.${key}: ${user} has no password. Set ${variable}_FILE to the path of its file, or ${variable}.`,
  ]);
}

/** The text of an authority's certificate in PEM. Throws WrongConfig for an unusable file. */
export const caText = (file: string): string => certificate('ca', file);

function certificate(name: 'ca' | 'cert', file: string): string {
  const text = textOf(name, file);
  try {
    void new X509Certificate(text);
    return text;
  } catch {
    throw wrong(name, `${file} is not a PEM certificate (-----BEGIN CERTIFICATE-----).`);
  }
}

function privateKey(file: string): string {
  const text = textOf('key', file, true);
  const mode = statSync(file).mode & 0o777;
  if ((mode & NOT_SECRET) !== 0) {
    const says = `${file} has mode 0${mode.toString(8)}, so other users can read this private key.`;
    throw wrong('key', `${says} Run \`chmod 0600 ${file}\`.`);
  }
  try {
    createPrivateKey(text);
    return text;
  } catch {
    throw wrong('key', `${file} is not a PEM private key without a passphrase.`);
  }
}

function checkPair(certFile: string, cert: string, keyFile: string, key: string): void {
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  throw wrong('cert', `the certificate ${certFile} does not match the private key ${keyFile}.`);
}

function textOf(name: string, file: string, isSecret = false): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = codeOf(error) === '' ? '' : ` (${codeOf(error)})`;
    const next = howToLetRead(file, error, { uid: process.getuid?.() ?? null, isSecret }) ?? 'Check its path.';
    throw wrong(name, `${file} cannot be read${code}. ${next}`);
  }
}

const wrong = (name: string, says: string): WrongConfig => new WrongConfig('of Redis', [`redis.tls.${name}: ${says}`]);
