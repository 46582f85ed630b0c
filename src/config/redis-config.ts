import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { atLeast } from '../schema/length.ts';
import { WrongConfig } from './read-config.ts';
import { redisUrl } from './redis-url.ts';

const path = z.string().startsWith('/', 'write an absolute path');

/** Where Redis is, as whom we come, and how both sides prove who they are. */
export const RedisSchema = z
  .strictObject({
    url: z.string().regex(/^rediss?:\/\//, 'write it as redis://host:port or rediss://host:port'),
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
  .superRefine(({ url, tls }, { addIssue }) => {
    if (tls === undefined) return;
    const issue = (message: string) => addIssue({ code: 'custom', path: ['tls'], message });
    if (!url.startsWith('rediss://')) issue('these files are for rediss://, and the url says redis://');
    if ((tls.cert === undefined) !== (tls.key === undefined))
      issue('cert and key belong together: give both or neither');
  });

export type RedisConfig = z.infer<typeof RedisSchema>;

/** Environment variables for single keys of it. */
export const REDIS_OVERRIDES = {
  REGISTRY_HA_REDIS_URL: 'redis.url',
  REGISTRY_HA_REDIS_USERNAME: 'redis.username',
  REGISTRY_HA_REDIS_TLS_CA: 'redis.tls.ca',
  REGISTRY_HA_REDIS_TLS_CERT: 'redis.tls.cert',
  REGISTRY_HA_REDIS_TLS_KEY: 'redis.tls.key',
} as const;

/** What a connection is opened with. */
export interface RedisAddress {
  readonly url: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
}

/** The address with user and password in it, and the texts of the certificates. Throws WrongConfig for files that cannot be used. */
export function redisAddress({ url, username, tls }: RedisConfig, password: string | undefined): RedisAddress {
  const full = redisUrl(url, { username, password });
  if (tls === undefined) return { url: full };
  const { ca, cert, key, serverName } = tls;
  const texts = {
    ...(ca === undefined ? {} : { ca: certificate('ca', ca) }),
    ...(cert === undefined ? {} : { cert: certificate('cert', cert) }),
    ...(key === undefined ? {} : { key: privateKey(key) }),
  };
  if (cert !== undefined && key !== undefined) checkPair(cert, texts.cert ?? '', key, texts.key ?? '');
  return { url: full, tls: { ...texts, ...(serverName === undefined ? {} : { servername: serverName }) } };
}

/** Others than owner and group may do nothing with it; a secret that Kubernetes mounts with fsGroup has mode 0440. */
const NOT_SECRET = 0o037;

function certificate(name: 'ca' | 'cert', file: string): string {
  const text = textOf(name, file);
  try {
    void new X509Certificate(text);
    return text;
  } catch {
    throw wrong(name, `${file} holds no certificate: it must be PEM, -----BEGIN CERTIFICATE-----.`);
  }
}

function privateKey(file: string): string {
  const text = textOf('key', file);
  const mode = statSync(file).mode & 0o777;
  if ((mode & NOT_SECRET) !== 0) {
    throw wrong(
      'key',
      `${file} has mode 0${mode.toString(8)}: others can read this private key. Run: chmod 0600 ${file}`,
    );
  }
  try {
    createPrivateKey(text);
    return text;
  } catch {
    throw wrong('key', `${file} holds no private key without passphrase: it must be PEM.`);
  }
}

function checkPair(certFile: string, cert: string, keyFile: string, key: string): void {
  if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return;
  throw wrong('cert', `${certFile} is not the certificate of the key ${keyFile}.`);
}

function textOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw wrong(name, `${file} cannot be read${code}: check its path and owner.`);
  }
}

const wrong = (name: string, says: string): WrongConfig => new WrongConfig('of Redis', [`redis.tls.${name}: ${says}`]);
