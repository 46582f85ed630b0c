import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { atLeast } from '../domain/text/length.ts';
import { absolute, type BotCluster, ClusterEntry, clustersOf } from './bot-clusters.ts';
import { type Policies, policiesFor, readPolicies } from './policy-config.ts';
import { type Environment, Mistakes, neededSecret, readConfig } from './read-config.ts';
import { REDIS_OVERRIDES, RedisSchema, redisAddress, redisSecrets } from './redis-config.ts';

const port = z.coerce.number().int().min(0).max(65_535);

const AnyBotFile = z.strictObject({
  slack: z
    .strictObject({
      mode: z.enum(['socket', 'http']).default('socket'),
      apiUrl: z.url().optional(),
      http: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(3000) }).prefault({}),
    })
    .prefault({}),
  redis: RedisSchema,
  clusters: z.array(ClusterEntry).default([]),
  /** A folder with one file for each further cluster; relative to the folder of this file, or absolute. */
  clustersDir: z.string().check(atLeast(1)).optional(),
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

const Places = z.looseObject({ clusters: z.array(z.unknown()).optional(), clustersDir: z.unknown().optional() });

/** The bot's configuration file. */
export const BotFile = AnyBotFile.refine((file) => hasClusters(file), {
  path: ['clusters'],
  error: 'name at least one cluster, or name a folder with a file for each in clustersDir',
  // Among the other mistakes, too: all are listed at once.
  when: ({ value }) => Places.safeParse(value).success,
});

const hasClusters = (file: unknown): boolean => {
  const { clusters = [], clustersDir } = Places.parse(file);
  return clusters.length > 0 || clustersDir !== undefined;
};

/** The keys that environment variables replace. */
export const OVERRIDES = {
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
  const files = readFiles(path, env, mistakes);
  const secrets = secretsOf(files?.slack.mode, env, mistakes);
  if (isStarting && files !== undefined) mistakes.of(() => redisAddress(files.redis, secrets));
  const { botToken } = secrets;
  const wrong = mistakes.all();
  if (wrong !== null || !isWhole(files) || botToken === undefined) throw wrong ?? new TypeError(MISSING);
  return { ...files, secrets: { ...secrets, botToken } };
}

/** The file, its clusters and the policy file, without secrets. Throws WrongConfig with the mistakes of all files. */
export function filesOfBot(path: string, env: Environment): BotFileConfig {
  const mistakes = new Mistakes();
  const files = readFiles(path, env, mistakes);
  const wrong = mistakes.all();
  if (wrong !== null || !isWhole(files)) throw wrong ?? new TypeError(MISSING);
  return files;
}

const MISSING = 'A part of the configuration is missing.';

/** What the files of a bot say. */
export interface BotFileConfig extends z.infer<typeof BotFile> {
  readonly policies: Policies;
}

type ReadFiles = Omit<BotFileConfig, 'clusters' | 'policies'> & {
  readonly clusters: readonly BotCluster[] | undefined;
  readonly policies: Policies | undefined;
};

const isWhole = (files: ReadFiles | undefined): files is BotFileConfig =>
  files?.clusters !== undefined && files.policies !== undefined;

function readFiles(path: string, env: Environment, mistakes: Mistakes): ReadFiles | undefined {
  const file = mistakes.of(() => readConfig(path, BotFile, OVERRIDES, env));
  if (file === undefined) return undefined;
  const clusters = mistakes.of(() => clustersOf(file, path));
  return { ...file, clusters, policies: mistakes.of(() => policiesOf(file, clusters, path)) };
}

/** Without the clusters, the policy file has its own mistakes only. */
function policiesOf(
  { policyFile }: z.infer<typeof BotFile>,
  clusters: readonly BotCluster[] | undefined,
  path: string,
): Policies | undefined {
  const names = clusters?.map(({ name }) => name);
  if (names !== undefined) return policiesFor(names, policyFile, path);
  readPolicies(resolve(dirname(path), policyFile));
  return undefined;
}

/** Which secret is needed is known only with the mode. */
function secretsOf(mode: 'socket' | 'http' | undefined, env: Environment, mistakes: Mistakes) {
  const needed = (name: string) => mistakes.of(() => neededSecret(name, env));
  return {
    botToken: needed('REGISTRY_HA_SLACK_BOT_TOKEN'),
    /** Socket Mode only. */
    appToken: mode === 'socket' ? needed('REGISTRY_HA_SLACK_APP_TOKEN') : undefined,
    /** HTTP mode only. */
    signingSecret: mode === 'http' ? needed('REGISTRY_HA_SLACK_SIGNING_SECRET') : undefined,
    ...redisSecrets(env, mistakes),
  };
}

export type BotConfig = ReturnType<typeof botConfig>;
