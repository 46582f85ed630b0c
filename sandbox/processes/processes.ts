import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { z } from 'zod';
import { newKeyPairFiles } from '../../src/adapters/keys/store.ts';
import { BOT_USER, workerUser } from '../../src/adapters/redis/acl/acl.ts';
import { clockOf } from '../clock/clocks.ts';
import { WORKER_KUBECONFIG } from '../cluster/kube/kube-api.ts';
import type { SimulatedCluster } from '../cluster/simulated-cluster.ts';
import { CLUSTER, OPS, PEOPLE } from '../people.ts';
import type { Place } from '../place.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import { program } from './program.ts';
import { redisUrlOf } from './redis-service.ts';
import { Service, type ServiceOptions } from './service.ts';

const HTTP_PORT = 3000;
const HEALTH_PORTS = { bot: 9180, worker: 9181, 'old-worker': 9182 } as const;
const LOOK_LIMIT_MS = 2_000;

/** As in the Dockerfile. */
const LEAN = ['--max-semi-space-size=2'];

type ProcessHooks = Pick<ServiceOptions, 'onPid' | 'onDeath'>;

/** The URL that Slack posts to in HTTP mode. */
export const requestUrlOf = ({ host }: Place): string => `http://${host}:${HTTP_PORT}/slack/events`;

/** The bot and the worker, configured as an operator would do it, each with its half of a new key pair. */
export async function botAndWorker(
  place: Place,
  world: {
    readonly slack: LocalSlack;
    readonly cluster: SimulatedCluster;
    readonly delivery: 'socket' | 'http';
    /** The text of the bot's policy file. */
    readonly policy?: string | undefined;
  },
  hooks: ProcessHooks,
): Promise<{ readonly bot: Service; readonly worker: Service; readonly oldWorker: Service }> {
  const bot = await botService(place, { ...world, clusters: [CLUSTER] }, hooks);
  const worker = await workerService(place, { ...world, name: CLUSTER, hub: place }, hooks);
  return { bot, worker, oldWorker: await service('old-worker', place, {}, hooks) };
}

/** Makes the worker's files those of the old worker, and configures a worker for another bootstrap node. Both know the same keys and Redis. */
export async function replaceWorker(place: Pick<Place, 'folder'>, root: string): Promise<void> {
  const path = configPath('worker', place);
  const config = Config.parse(load(await readFile(path, 'utf8')));
  const [former, now] = [join(place.folder, 'old-worker'), join(place.folder, 'worker')];
  await rename(now, former);
  const health = { ...config.health, port: HEALTH_PORTS['old-worker'] };
  await writeFile(configPath('old-worker', place), dump({ ...config, stateFolder: former, health }));
  await writeFile(path, dump({ ...config, root, stateFolder: now }));
}

/** Whether the worker and the old one have seen each other, as `/readyz` of both says. */
export async function nameEachOther(place: Pick<Place, 'folder'>): Promise<boolean> {
  const says = await Promise.all((['worker', 'old-worker'] as const).map((name) => whyNotReady(name, place)));
  return says.every((one) => one.includes('Two workers'));
}

async function whyNotReady(name: Configured, place: Pick<Place, 'folder'>): Promise<string> {
  const { health } = Config.parse(load(await readFile(configPath(name, place), 'utf8')));
  const url = `http://${health.host}:${health.port}/readyz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) }).catch(() => null);
  return answer === null || answer.ok ? '' : await answer.text();
}

const Config = z.looseObject({ health: z.looseObject({ host: z.string(), port: z.number() }) });

/** A bot for these clusters, with new key pairs for itself and for each cluster's worker. */
export async function botService(place: Place, world: BotWorld, hooks: ProcessHooks): Promise<Service> {
  for (const owner of [BOT_KEY, ...world.clusters.map(workerKey)]) await writePair(place, owner);
  await writeFile(configPath('bot', place), dump(botConfig(place, world)));
  await writeFile(policyPath(place), world.policy ?? dump(defaultPolicy(world.clusters)));
  const { botToken, appToken, signingSecret } = world.slack;
  const secrets = {
    REGISTRY_HA_SLACK_BOT_TOKEN: botToken,
    REGISTRY_HA_SLACK_APP_TOKEN: appToken,
    REGISTRY_HA_SLACK_SIGNING_SECRET: signingSecret,
  };
  return await service('bot', place, secrets, hooks);
}

/** The worker of a cluster. It trusts the bot at `hub`, where its key and its Redis are. */
export async function workerService(place: Place, world: WorkerWorld, hooks: ProcessHooks): Promise<Service> {
  await writeFile(configPath('worker', place), dump(workerConfig(place, world)));
  return await service('worker', place, {}, hooks);
}

interface BotWorld {
  readonly slack: LocalSlack;
  readonly delivery: 'socket' | 'http';
  readonly clusters: readonly string[];
  /** The text of the policy file; without it alice requests and bob approves. */
  readonly policy?: string | undefined;
}

interface WorkerWorld {
  readonly name: string;
  readonly cluster: SimulatedCluster;
  readonly hub: Place;
}

const BOT_KEY = 'approval';
const workerKey = (cluster: string): string => `worker-${cluster}`;

async function writePair(place: Place, owner: string): Promise<void> {
  const { privateText, publicText } = newKeyPairFiles(owner === BOT_KEY ? 'bot' : 'worker', new Date());
  await writeFile(keyPath(place, owner), privateText, { mode: 0o600 });
  await writeFile(publicKeyPath(place, owner), publicText, { mode: 0o644 });
}

const keyPath = ({ folder }: Place, owner: string): string => join(folder, `${owner}.key`);
const publicKeyPath = ({ folder }: Place, owner: string): string => join(folder, `${owner}.pub`);
const policyPath = ({ folder }: Place): string => join(folder, 'policy.yaml');
const configPath = (name: Configured, { folder }: Pick<Place, 'folder'>): string => join(folder, `${name}.yaml`);

type Configured = keyof typeof HEALTH_PORTS;

async function service(
  name: Configured,
  place: Place,
  secrets: Readonly<Record<string, string>>,
  hooks: ProcessHooks,
): Promise<Service> {
  const command = name === 'bot' ? 'bot' : 'worker';
  const clock = place.hasClocks ? clockOf(place.folder, command) : { args: [], env: {} };
  const { node, cli } = await programOf(command, place);
  return new Service({
    name,
    program: node,
    args: [...(name === 'bot' ? LEAN : []), ...clock.args, cli, command, '--config', configPath(name, place)],
    env: { ...place.env, ...secrets, ...clock.env },
    logPath: join(place.folder, `${name}.log`),
    isReady: () => saysReady(`http://${place.host}:${HEALTH_PORTS[name]}/readyz`),
    ...hooks,
  });
}

async function programOf(name: 'bot' | 'worker', { installed }: Place) {
  const folder = installed[name];
  if (folder === undefined) return { node: process.execPath, cli: await program() };
  return { node: join(folder, 'node/bin/node'), cli: join(folder, 'dist/cli.js') };
}

function botConfig(place: Place, { slack, delivery, clusters }: BotWorld): object {
  return {
    slack: { mode: delivery, apiUrl: slack.apiUrl, http: { host: place.host, port: HTTP_PORT } },
    redis: { url: redisUrlOf(place, BOT_USER) },
    clusters: clusters.map((name) => ({
      name,
      channels: clusters.length === 1 ? [OPS.id] : [],
      workerKeys: [publicKeyPath(place, workerKey(name))],
    })),
    policyFile: policyPath(place),
    approval: { keyFile: keyPath(place, BOT_KEY) },
    health: { host: place.host, port: HEALTH_PORTS.bot },
  };
}

/** Alice requests, bob approves, and nobody else has permission. */
function defaultPolicy(clusters: readonly string[]): object {
  const [alice, bob] = PEOPLE;
  const policy = { channels: [OPS.id], requesters: { users: [alice.id] }, approvers: { users: [bob.id] } };
  return { clusters: Object.fromEntries(clusters.map((name) => [name, policy])) };
}

const TERMINAL = { channel: OPS.id, requesters: ['alice'], approvers: ['bob', 'carol'], breakGlass: ['bob'] };

/** Uses the rights of our own manifest. All paths are the usual ones, below the bootstrap node's root. */
function workerConfig(place: Place, { name, hub, cluster }: WorkerWorld): object {
  const { bootstrapRoot, plansLiveSeconds = 3_600 } = cluster;
  return {
    cluster: name,
    redis: { url: redisUrlOf(hub, workerUser(name)) },
    root: bootstrapRoot,
    kubeconfig: WORKER_KUBECONFIG,
    stateFolder: join(place.folder, 'worker'),
    keyFile: keyPath(hub, workerKey(name)),
    trustedKeys: [publicKeyPath(hub, BOT_KEY)],
    // As in Slack; and bob may start a change alone.
    // A former version refuses a key that it does not know.
    ...(place.installed.worker === undefined ? { terminal: TERMINAL } : {}),
    plan: { livesMinutes: plansLiveSeconds / 60 },
    health: { host: place.host, port: HEALTH_PORTS.worker },
  };
}

async function saysReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) })).ok;
  } catch {
    // Not listening yet: the caller polls until its own limit.
    return false;
  }
}
