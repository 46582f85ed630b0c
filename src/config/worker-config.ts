import { z } from 'zod';
import { CLUSTER_NAME } from '../domain/cluster/cluster-name.ts';
import { atLeast } from '../schema/length.ts';
import { type Environment, readConfig, secret } from './read-config.ts';
import { REDIS_OVERRIDES, RedisSchema } from './redis-config.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const absolute = z.string().startsWith('/', 'write an absolute path');

export const WorkerFile = z.strictObject({
  cluster: z
    .string()
    .regex(
      CLUSTER_NAME,
      'lower-case letters, digits and hyphens, at most 42; the same name as in the bot’s configuration',
    ),
  redis: RedisSchema,
  /** Every path of the cluster's is below this folder. */
  root: absolute.default('/'),
  bootstrapFile: absolute.default('/etc/metalk8s/bootstrap.yaml'),
  solutionsFile: absolute.default('/etc/metalk8s/solutions.yaml'),
  kubeconfig: absolute.default('/etc/kubernetes/admin.conf'),
  /** Journal, known hosts and digests of this worker; not below `root`. */
  stateFolder: absolute.default('/var/lib/registry-ha'),
  /** What this worker signs its entries and its journal with; not below `root`. */
  keyFile: absolute.default('/etc/registry-ha/worker.key'),
  /** Public keys that it signed with before (or folders of them): seals in the journal are checked by them, too. */
  formerKeys: z.array(absolute).default([]),
  /** Public keys of bots whose approvals count, or folders of such keys; not below `root`. */
  trustedKeys: z
    .array(absolute)
    .check(atLeast(1, 'name at least one public key, or nothing can ever be approved'))
    .default(['/etc/registry-ha/approval.pub']),
  plan: z.strictObject({ livesMinutes: z.coerce.number().positive().default(60) }).prefault({}),
  copy: z
    .strictObject({
      /** Bytes a second, all copies together; without it as fast as it goes. */
      maxRate: z.coerce.number().int().positive().optional(),
      atATime: z.coerce.number().int().positive().default(3),
      /** Reads each archive back from the target's disk before it counts. */
      strict: z.boolean().default(false),
    })
    .prefault({}),
  journal: z
    .strictObject({
      /** A new file is begun when the journal is larger or older than this, and a change has just ended. */
      fileMegabytes: z.coerce.number().positive().default(64),
      fileDays: z.coerce.number().positive().default(90),
      /** Older files go after this time, or when all of them together are larger; without it nothing is ever removed. */
      keepDays: z.coerce.number().positive().optional(),
      keepMegabytes: z.coerce.number().positive().optional(),
    })
    .prefault({}),
  health: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(9181) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

export type WorkerConfig = z.infer<typeof WorkerFile> & { readonly redisPassword: string | undefined };

const OVERRIDES = {
  REGISTRY_HA_CLUSTER: 'cluster',
  ...REDIS_OVERRIDES,
  REGISTRY_HA_ROOT: 'root',
  REGISTRY_HA_KUBECONFIG: 'kubeconfig',
  REGISTRY_HA_STATE_FOLDER: 'stateFolder',
  REGISTRY_HA_HEALTH_HOST: 'health.host',
  REGISTRY_HA_HEALTH_PORT: 'health.port',
  REGISTRY_HA_LOG_LEVEL: 'log.level',
} as const;

/** The worker's configuration: the file, single keys from the environment. Throws WrongConfig. */
export function workerConfig(path: string, env: Environment): WorkerConfig {
  return { ...readConfig(path, WorkerFile, OVERRIDES, env), redisPassword: secret('REGISTRY_HA_REDIS_PASSWORD', env) };
}
