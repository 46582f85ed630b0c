import { z } from 'zod';
import { CLUSTER_NAME } from '../domain/cluster/cluster-name.ts';
import { atLeast } from '../schema/length.ts';
import { type Policies, policiesFor } from './policy-config.ts';
import { type Environment, neededSecret, readConfig, secret } from './read-config.ts';
import { REDIS_OVERRIDES, RedisSchema } from './redis-config.ts';

const absolute = z.string().startsWith('/', 'write an absolute path');
const port = z.coerce.number().int().min(0).max(65_535);
const slackId = (letters: string, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^[${letters}][A-Z0-9]{2,}$`),
      `${what} starts with ${letters} (Slack: profile or channel details → Copy ID)`,
    );

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
        name: z.string().regex(CLUSTER_NAME, 'lower-case letters, digits and hyphens, at most 42'),
        channels: z.array(slackId('CG', 'a channel id')).default([]),
        policy: z
          .never('who may do what stands in the policy file now: see policyFile and examples/policy.yaml')
          .optional(),
        /** Public keys of this cluster's worker, or folders of such keys; `/etc/registry-ha/workers/<name>` when left out. */
        workerKeys: z
          .array(absolute)
          .check(atLeast(1, 'name at least one key, or no card could be believed'))
          .optional(),
      }),
    )
    .check(atLeast(1, 'name at least one cluster')),
  /** Beside this file, unless it is absolute. */
  policyFile: z.string().default('policy.yaml'),
  approval: z
    .strictObject({
      keyFile: z.string().default('/etc/registry-ha/approval.key'),
      livesMinutes: z.never('write approvalLivesMinutes in the policy file instead').optional(),
      /** Public keys (or folders of them) that this bot signed with before, so that older entries still count. */
      formerKeys: z.array(absolute).default([]),
    })
    .prefault({}),
  health: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(9180) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

export interface BotSecrets {
  readonly botToken: string;
  /** Socket Mode only. */
  readonly appToken: string | undefined;
  /** HTTP mode only. */
  readonly signingSecret: string | undefined;
  readonly redisPassword: string | undefined;
}

export type BotConfig = z.infer<typeof BotFile> & { readonly policies: Policies; readonly secrets: BotSecrets };

/** Where a cluster's worker keys are. */
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

/** The bot's configuration: the file, single keys from the environment, secrets from the environment only. Throws WrongConfig. */
export function botConfig(path: string, env: Environment): BotConfig {
  const file = readConfig(path, BotFile, OVERRIDES, env);
  const socket = file.slack.mode === 'socket';
  return {
    ...file,
    policies: policiesFor(
      file.clusters.map(({ name }) => name),
      file.policyFile,
      path,
    ),
    secrets: {
      botToken: neededSecret('REGISTRY_HA_SLACK_BOT_TOKEN', env),
      appToken: socket ? neededSecret('REGISTRY_HA_SLACK_APP_TOKEN', env) : undefined,
      signingSecret: socket ? undefined : neededSecret('REGISTRY_HA_SLACK_SIGNING_SECRET', env),
      redisPassword: secret('REGISTRY_HA_REDIS_PASSWORD', env),
    },
  };
}
