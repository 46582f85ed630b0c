import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedCluster, startSimulatedCluster } from './cluster/simulated-cluster.ts';
import { type Faults, faultsOf } from './faults.ts';
import { CLUSTER, OPS, PEOPLE } from './people.ts';
import { bareEnvironment, type Installed, type Place } from './place.ts';
import { readPolicy } from './policy.ts';
import { type Keeper, startKeeper } from './processes/keeper.ts';
import { endsWithin } from './processes/poll.ts';
import { botAndWorker, requestUrlOf } from './processes/processes.ts';
import { redisService, redisUrlOf } from './processes/redis-service.ts';
import type { Service, ServiceOptions } from './processes/service.ts';
import type { ServiceName } from './processes/services.ts';
import { type ChangesReader, changesReader } from './seen/changes.ts';
import { SeenTexts } from './seen/texts.ts';
import { type LocalSlack, startLocalSlack } from './slack/local-slack.ts';

/** How a sandbox is started. */
export interface SandboxOptions {
  /** Path of a cluster description; default: the simulated cluster's own. */
  readonly description?: string;
  /** Multiplies every duration of the simulated cluster; 1 is real time. */
  readonly pace?: number;
  readonly delivery?: 'socket' | 'http';
  /** Path of the bot's policy file; default: alice requests, bob approves. If it names user groups, the app gets the scope for them. */
  readonly policy?: string;
  /** Gives the app the scope for files, as manifest.yml explains. */
  readonly hasFiles?: boolean;
  /** Gives the app what it needs for mentions and direct messages, as manifest.yml explains. */
  readonly hasMentions?: boolean;
  /** Parent of the sandbox's temporary folder. */
  readonly folder?: string;
  /** Port of the page; default: a free port. */
  readonly port?: number;
  /** Gives bot, worker and Redis clocks that can be set. */
  readonly hasClocks?: boolean;
  /** Programs as install.sh installs them: folders with `node` and `dist`. */
  readonly installed?: Installed;
  /** How long the bot may take to acknowledge, and to open a window, in milliseconds; default: Slack's 3 s. */
  readonly ackLimitMs?: number;
  /** Receives messages for people, in whole sentences. */
  readonly log: (says: string) => void;
  /** Aborts a start in progress. */
  readonly signal?: AbortSignal;
}

/** A real Redis, bot and worker, with a local Slack and a simulated cluster. */
export interface Sandbox {
  readonly slack: LocalSlack;
  readonly cluster: SimulatedCluster;
  readonly faults: Faults;
  readonly services: Readonly<Record<ServiceName, Service>>;
  readonly texts: SeenTexts;
  readonly changes: ChangesReader;
  /** The sandbox's Redis, with every right. */
  readonly redisUrl: string;
  /** Holds everything until `close`. */
  readonly folder: string;
  /** Ends every process and server and removes the folder. */
  close(): Promise<void>;
}

/** The repository's own manifest, so scopes, commands and settings match a real workspace. */
export const MANIFEST = join(import.meta.dirname, '../manifest.yml');
const CLOSE_LIMIT_MS = 10_000;
const STOP_LIMIT_MS = 6_000;

/** Starts everything and waits until bot and worker are ready. If that fails, removes what was started. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { log, signal = new AbortController().signal } = options;
  const folder = await mkdtemp(join(options.folder ?? tmpdir(), 'registry-ha-sandbox-'));
  await using closing = new AsyncDisposableStack();
  const keeper = startKeeper(folder, log);
  closing.defer(() => keeper.release());
  closing.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  const cluster = await startSimulatedCluster(clusterOptions(folder, options));
  closing.defer(() => inTime('The simulated cluster', cluster.close(), log));
  signal.throwIfAborted();
  const place = placeOf(folder, cluster, options);
  const policy = options.policy === undefined ? undefined : readPolicy(options.policy, CLUSTER, new Date());
  const slack = await startLocalSlack({
    ...slackOptions(place, options),
    moreScopes: scopesFor(policy, options),
  });
  closing.defer(() => inTime('The local Slack', slack.close(), log));
  const services = await startServices(place, { slack, cluster, ...options, policy }, keeper, closing, signal);
  const texts = new SeenTexts(slack);
  const changes = changesReader(redisUrlOf(place), CLUSTER);
  closing.defer(() => changes.close());
  closing.defer(() => texts.close());
  const all = closing.move();
  return {
    slack,
    cluster,
    services,
    faults: faultsOf(slack, cluster),
    texts,
    changes,
    redisUrl: redisUrlOf(place),
    folder,
    close: () => all.disposeAsync(),
  };
}

function clusterOptions(folder: string, { description, pace }: SandboxOptions) {
  return {
    folder: join(folder, 'cluster'),
    ...(description === undefined ? {} : { description }),
    ...(pace === undefined ? {} : { pace }),
  };
}

/** The cluster has reserved a loopback network. Its nodes' addresses end in 2 or more, so this one is free. */
function placeOf(
  folder: string,
  { world }: SimulatedCluster,
  { hasClocks = false, installed = {} }: SandboxOptions,
): Place {
  const host = world.bootstrap.ip.replace(/\d+$/, '1');
  return { folder, host, env: bareEnvironment(process.env), hasClocks, installed };
}

function slackOptions(place: Place, { delivery, port, ackLimitMs }: SandboxOptions) {
  return {
    manifestPath: MANIFEST,
    people: PEOPLE,
    channel: OPS,
    delivery:
      delivery === 'http'
        ? ({ mode: 'http', requestUrl: requestUrlOf(place) } as const)
        : ({ mode: 'socket' } as const),
    ...(port === undefined ? {} : { port }),
    ...(ackLimitMs === undefined ? {} : { ackLimitMs }),
  };
}

async function startServices(
  place: Place,
  world: {
    slack: LocalSlack;
    cluster: SimulatedCluster;
    delivery?: 'socket' | 'http';
    policy: string | undefined;
    log: (says: string) => void;
  },
  keeper: Keeper,
  closing: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Sandbox['services']> {
  const running: Service[] = [];
  const told: Pick<ServiceOptions, 'onPid' | 'onDeath'> = {
    onPid: () => keeper.watch(running.flatMap(({ pid }) => pid ?? [])),
    onDeath: world.log,
  };
  const redis = await redisService(place, told);
  const { bot, worker, oldWorker } = await botAndWorker(
    place,
    { ...world, delivery: world.delivery ?? 'socket' },
    told,
  );
  running.push(redis, bot, worker, oldWorker);
  closing.defer(() => redis.stop(STOP_LIMIT_MS));
  closing.defer(async () => {
    await Promise.all([bot, worker, oldWorker].map((one) => one.stop(STOP_LIMIT_MS)));
  });
  await redis.start(signal);
  await bothStarted(bot, worker, signal);
  return { redis, bot, worker, 'old-worker': oldWorker };
}

/** A policy that names user groups needs a scope, and so do files, mentions and direct messages, as manifest.yml explains. */
const scopesFor = (
  policy: string | undefined,
  { hasFiles = false, hasMentions = false }: SandboxOptions,
): readonly string[] => [
  ...(/\bgroups:/.test(policy ?? '') ? ['usergroups:read'] : []),
  ...(hasFiles ? ['files:write'] : []),
  ...(hasMentions ? ['app_mentions:read', 'im:history'] : []),
];

/** If one of them fails to start, waits for the other before it throws. */
async function bothStarted(bot: Service, worker: Service, signal: AbortSignal): Promise<void> {
  const outcomes = await Promise.allSettled([bot.start(signal), worker.start(signal)]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function inTime(what: string, ending: Promise<void>, log: (says: string) => void): Promise<void> {
  if (!(await endsWithin(ending, CLOSE_LIMIT_MS))) log(`${what} did not close within ${CLOSE_LIMIT_MS / 1000} s.`);
}
