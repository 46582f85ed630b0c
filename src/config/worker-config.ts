import { z } from 'zod';
import { CLUSTER_NAME } from '../domain/cluster/cluster-name.ts';
import { atLeast } from '../domain/text/length.ts';
import { LOGIN_NAME } from '../domain/wish/terminal-talk.ts';
import { ENVIRONMENT, type Environment, Mistakes, readConfig, secret, WrongConfig } from './read-config.ts';
import { REDIS_OVERRIDES, RedisSchema, type RedisSecrets, redisAddress, redisSecrets } from './redis-config.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const absolute = z.string().startsWith('/', 'write an absolute path');

const logins = z
  .array(z.string().regex(LOGIN_NAME, 'write the name of a login of this node, such as alice'))
  .default([]);

const HEADERS = 'REGISTRY_HA_OTLP_HEADERS';

const collector = z.string().superRefine((text, { addIssue }) => {
  const message = whatIsWrongWith(text);
  if (message !== null) addIssue({ code: 'custom', message });
});

function whatIsWrongWith(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'write the address of the collector as http://host:4318 or https://host:4318';
  if (url.username !== '' || url.password !== '')
    return `remove user and password: put an Authorization header into the file that ${HEADERS}_FILE names`;
  if (url.search !== '' || url.hash !== '') return 'remove what follows ? or #';
  return url.pathname.endsWith('/v1/traces') ? 'leave out /v1/traces: the worker adds it' : null;
}

export const WorkerFile = z.strictObject({
  cluster: z
    .string()
    .regex(
      CLUSTER_NAME,
      'use lower-case letters, digits and hyphens, at most 42 characters, as in the bot’s configuration',
    ),
  redis: RedisSchema,
  /** Prefix of every path of the cluster. */
  root: absolute.default('/'),
  bootstrapFile: absolute.default('/etc/metalk8s/bootstrap.yaml'),
  solutionsFile: absolute.default('/etc/metalk8s/solutions.yaml'),
  kubeconfig: absolute.default('/etc/kubernetes/admin.conf'),
  /** Journal, known hosts and digest caches; not below `root`. */
  stateFolder: absolute.default('/var/lib/registry-ha'),
  /** Key that signs the worker's entries and its journal; not below `root`. */
  keyFile: absolute.default('/etc/registry-ha/worker.key'),
  /** Former public keys, or folders of keys, so that older seals in the journal stay valid. */
  formerKeys: z.array(absolute).default([]),
  /** Public keys of trusted bots, or folders of keys; not below `root`. */
  trustedKeys: z
    .array(absolute)
    .check(atLeast(1, 'name at least one public key; otherwise nothing can be approved'))
    .default(['/etc/registry-ha/approval.pub']),
  /** Who may change something at the terminal of this node, by login. Without it nobody may. */
  terminal: z
    .strictObject({
      channel: z.string().check(atLeast(1, 'write the ID of the channel for the cards of these changes')),
      requesters: logins,
      approvers: logins,
      approvals: z.coerce.number().int().min(1).max(10).default(1),
      breakGlass: logins,
    })
    .optional(),
  plan: z.strictObject({ livesMinutes: z.coerce.number().positive().default(60) }).prefault({}),
  /** How often the worker inspects the cluster for `status`, besides the inspections after changes and on request. */
  status: z.strictObject({ everyMinutes: z.coerce.number().min(1).max(60).default(15) }).prefault({}),
  copy: z
    .strictObject({
      /** Bytes per second for all copies together; default: unlimited. */
      maxRate: z.coerce.number().int().positive().optional(),
      atATime: z.coerce.number().int().positive().default(3),
      /** Reads each archive back from the target's disk before it is accepted. */
      strict: z.boolean().default(false),
    })
    .prefault({}),
  apply: z
    .strictObject({
      /** Nodes on which Salt states run at the same time, when a change is of several. The engines' states run on all of them. */
      atATime: z.coerce.number().int().positive().default(10),
    })
    .prefault({}),
  verify: z
    .strictObject({
      /** Bytes per second for all layers that the proof reads together. A gigabit network carries 125 MB/s. */
      maxRate: z.coerce.number().int().positive().default(50_000_000),
    })
    .prefault({}),
  journal: z
    .strictObject({
      /** Limits for rotation, which happens when a change ends. */
      fileMegabytes: z.coerce.number().positive().default(64),
      fileDays: z.coerce.number().positive().default(90),
      /** Retention of older files, by age and total size; by default nothing is removed. */
      keepDays: z.coerce.number().positive().optional(),
      keepMegabytes: z.coerce.number().positive().optional(),
    })
    .prefault({}),
  health: z.strictObject({ host: z.string().default('127.0.0.1'), port: port.default(9181) }).prefault({}),
  /** The collector of OpenTelemetry that gets a trace of each change; without it there are no traces. */
  traces: z.strictObject({ otlp: collector }).optional(),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

export type WorkerConfig = z.infer<typeof WorkerFile> &
  RedisSecrets & {
    /** Headers for the collector of traces; their values are secret. */
    readonly otlpHeaders: Readonly<Record<string, string>>;
  };

const OVERRIDES = {
  REGISTRY_HA_CLUSTER: 'cluster',
  ...REDIS_OVERRIDES,
  REGISTRY_HA_ROOT: 'root',
  REGISTRY_HA_KUBECONFIG: 'kubeconfig',
  REGISTRY_HA_STATE_FOLDER: 'stateFolder',
  REGISTRY_HA_HEALTH_HOST: 'health.host',
  REGISTRY_HA_HEALTH_PORT: 'health.port',
  REGISTRY_HA_TRACES_OTLP: 'traces.otlp',
  REGISTRY_HA_LOG_LEVEL: 'log.level',
} as const;

/** The worker's configuration: the file, with overrides from the environment. `isStarting`: it must be able to reach Redis, too. Throws WrongConfig with every mistake. */
export function workerConfig(
  path: string,
  env: Environment,
  { isStarting = false }: { readonly isStarting?: boolean } = {},
): WorkerConfig {
  const mistakes = new Mistakes();
  const file = mistakes.of(() => readConfig(path, WorkerFile, OVERRIDES, env));
  const secrets = redisSecrets(env, mistakes);
  if (isStarting && file !== undefined) mistakes.of(() => redisAddress(file.redis, secrets));
  const headers = mistakes.of(() => otlpHeaders(env));
  const wrong = mistakes.all();
  if (wrong !== null || file === undefined || headers === undefined)
    throw wrong ?? new TypeError('A part of the configuration is missing.');
  return { ...file, ...secrets, otlpHeaders: headers };
}

/** RFC 9110: the name is a token, and the value is printable. */
const HEADER = /^(?<name>[\w!#$%&'*+.^`|~-]+):[ \t]*(?<value>[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)$/;

/** Headers for the collector, one `Name: value` on each line of the secret. None if it is unset. Throws WrongConfig, which never shows a value. */
function otlpHeaders(env: Environment): Readonly<Record<string, string>> {
  const lines = (secret(HEADERS, env) ?? '').split('\n').map((line) => line.trim());
  const headers = lines.flatMap((line, n) => (line === '' ? [] : [headerIn(line, n + 1)]));
  return Object.fromEntries(headers);
}

function headerIn(line: string, number: number): readonly [string, string] {
  const { name, value } = HEADER.exec(line)?.groups ?? {};
  if (name !== undefined && value !== undefined) return [name, value];
  const says = `${HEADERS}: line ${number} is no header. Write each one on its own line, as Name: value, for example Authorization: Bearer …`;
  throw new WrongConfig(ENVIRONMENT, [says]);
}
