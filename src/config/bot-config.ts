import { z } from 'zod';
import { CLUSTER_NAME } from '../domain/cluster/cluster-name.ts';
import { atLeast } from '../domain/text/length.ts';
import { type Policies, policiesFor } from './policy-config.ts';
import { slackId } from './policy-file.ts';
import { type Environment, Mistakes, neededSecret, readConfig, secret } from './read-config.ts';
import { REDIS_OVERRIDES, RedisSchema, redisAddress } from './redis-config.ts';

const absolute = z.string().startsWith('/', 'write an absolute path');
const port = z.coerce.number().int().min(0).max(65_535);

export const BotFile = z.strictObject({
  slack: z
    .strictObject({
      mode: z.enum(['socket', 'http']).default('socket'),
      apiUrl: z.url().optional(),
      http: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(3000) }).prefault({}),
    })
    .prefault({}),
  redis: RedisSchema,
  clusters: z
    .array(
      z.strictObject({
        name: z.string().regex(CLUSTER_NAME, 'use lower-case letters, digits and hyphens, at most 42 characters'),
        channels: z.array(slackId('CG', 'a channel ID')).default([]),
        policy: z.never('permissions are in the policy file: see policyFile and examples/policy.yaml').optional(),
        /** Public keys of this cluster's worker, or folders of keys; default `/etc/registry-ha/workers/<name>`. */
        workerKeys: z
          .array(absolute)
          .check(atLeast(1, 'name at least one key; without keys no card can be verified'))
          .optional(),
      }),
    )
    .check(atLeast(1, 'name at least one cluster')),
  /** Relative to the folder of this file, or absolute. */
  policyFile: z.string().default('policy.yaml'),
  approval: z
    .strictObject({
      keyFile: z.string().default('/etc/registry-ha/approval.key'),
      livesMinutes: z.never('use approvalLivesMinutes in the policy file instead').optional(),
      /** Former public keys of this bot, or folders of keys, so that older entries stay valid. */
      formerKeys: z.array(absolute).default([]),
    })
    .prefault({}),
  health: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(9180) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

/** Paths of a cluster's worker keys. */
export const workerKeysOf = ({ name, workerKeys }: BotConfig['clusters'][number]): readonly string[] =>
  workerKeys ?? [`/etc/registry-ha/workers/${name}`];

const OVERRIDES = {
  REGISTRY_HA_SLACK_MODE: 'slack.mode',
  REGISTRY_HA_SLACK_API_URL: 'slack.apiUrl',
  REGISTRY_HA_HTTP_HOST: 'slack.http.host',
  REGISTRY_HA_HTTP_PORT: 'slack.http.port',
  ...REDIS_OVERRIDES,
  REGISTRY_HA_POLICY_FILE: 'policyFile',
  REGISTRY_HA_APPROVAL_KEY_FILE: 'approval.keyFile',
  REGISTRY_HA_HEALTH_HOST: 'health.host',
  REGISTRY_HA_HEALTH_PORT: 'health.port',
  REGISTRY_HA_LOG_LEVEL: 'log.level',
} as const;

/** The bot's configuration: the file, the policy file, overrides from the environment, secrets from the environment only. Throws WrongConfig with the mistakes of all of them. */
export function botConfig(
  path: string,
  env: Environment,
  { isStarting = false }: { readonly isStarting?: boolean } = {},
) {
  const mistakes = new Mistakes();
  const file = mistakes.of(() => readConfig(path, BotFile, OVERRIDES, env));
  const policies = mistakes.of(() => (file === undefined ? undefined : policiesOf(file, path)));
  const secrets = secretsOf(file?.slack.mode, env, mistakes);
  if (isStarting && file !== undefined) mistakes.of(() => redisAddress(file.redis, secrets.redisPassword));
  const { botToken } = secrets;
  const wrong = mistakes.all();
  if (wrong !== null || file === undefined || policies === undefined || botToken === undefined)
    throw wrong ?? new TypeError('A part of the configuration is missing.');
  return { ...file, policies, secrets: { ...secrets, botToken } };
}

const policiesOf = ({ clusters, policyFile }: z.infer<typeof BotFile>, path: string): Policies =>
  policiesFor(
    clusters.map(({ name }) => name),
    policyFile,
    path,
  );

/** Which secret is needed is known only with the mode. */
function secretsOf(mode: 'socket' | 'http' | undefined, env: Environment, mistakes: Mistakes) {
  const needed = (name: string) => mistakes.of(() => neededSecret(name, env));
  return {
    botToken: needed('REGISTRY_HA_SLACK_BOT_TOKEN'),
    /** Socket Mode only. */
    appToken: mode === 'socket' ? needed('REGISTRY_HA_SLACK_APP_TOKEN') : undefined,
    /** HTTP mode only. */
    signingSecret: mode === 'http' ? needed('REGISTRY_HA_SLACK_SIGNING_SECRET') : undefined,
    redisPassword: mistakes.of(() => secret('REGISTRY_HA_REDIS_PASSWORD', env)),
  };
}

export type BotConfig = ReturnType<typeof botConfig>;
