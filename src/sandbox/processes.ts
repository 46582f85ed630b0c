import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { newKeyPair } from '../adapters/keys/pair.ts';
import { BOT_USER, workerUser } from '../adapters/redis/acl.ts';
import { WORKER_KUBECONFIG } from './cluster/kube/kube-api.ts';
import type { SimulatedCluster } from './cluster/simulated-cluster.ts';
import { CLUSTER, OPS, PEOPLE } from './people.ts';
import type { Place } from './place.ts';
import { redisUrlOf } from './redis-service.ts';
import { Service, type ServiceOptions } from './service.ts';
import type { LocalSlack } from './slack/local-slack.ts';

const CLI = join(import.meta.dirname, '..', 'cli.ts');
const HTTP_PORT = 3000;
const HEALTH_PORTS = { bot: 9180, worker: 9181 } as const;
const LOOK_LIMIT_MS = 2_000;

type Told = Pick<ServiceOptions, 'onPid' | 'onDeath'>;

/** Where Slack would post to, when it calls the bot. */
export const requestUrlOf = ({ host }: Place): string => `http://${host}:${HTTP_PORT}/slack/events`;

/** The bot and the worker as an operator would set them up, each with a key of its own that the other one trusts. */
export async function botAndWorker(
  place: Place,
  world: {
    readonly slack: LocalSlack;
    readonly cluster: SimulatedCluster;
    readonly delivery: 'socket' | 'http';
    /** The text of the bot's policy file. */
    readonly policy?: string | undefined;
  },
  told: Told,
): Promise<{ readonly bot: Service; readonly worker: Service }> {
  await writePair(place, 'approval');
  await writePair(place, 'worker');
  await writeFile(configPath('bot', place), dump(botConfig(place, world)));
  await writeFile(policyPath(place), world.policy ?? dump(defaultPolicy()));
  await writeFile(configPath('worker', place), dump(workerConfig(place, world.cluster)));
  const { botToken, appToken, signingSecret } = world.slack;
  const secrets = {
    REGISTRY_HA_SLACK_BOT_TOKEN: botToken,
    REGISTRY_HA_SLACK_APP_TOKEN: appToken,
    REGISTRY_HA_SLACK_SIGNING_SECRET: signingSecret,
  };
  return { bot: service('bot', place, secrets, told), worker: service('worker', place, {}, told) };
}

type KeyOf = 'approval' | 'worker';

async function writePair(place: Place, of: KeyOf): Promise<void> {
  const { privateKeyPem, publicKeyPem } = newKeyPair();
  await writeFile(keyPath(place, of), privateKeyPem, { mode: 0o600 });
  await writeFile(publicKeyPath(place, of), publicKeyPem, { mode: 0o644 });
}

const keyPath = ({ folder }: Place, of: KeyOf): string => join(folder, `${of}.key`);
const publicKeyPath = ({ folder }: Place, of: KeyOf): string => join(folder, `${of}.pub`);
const policyPath = ({ folder }: Place): string => join(folder, 'policy.yaml');
const configPath = (name: 'bot' | 'worker', { folder }: Place): string => join(folder, `${name}.yaml`);

function service(name: 'bot' | 'worker', place: Place, secrets: Readonly<Record<string, string>>, told: Told): Service {
  return new Service({
    name,
    program: process.execPath,
    args: [CLI, name, '--config', configPath(name, place)],
    env: { ...place.env, ...secrets },
    logPath: join(place.folder, `${name}.log`),
    isReady: () => saysReady(`http://${place.host}:${HEALTH_PORTS[name]}/readyz`),
    ...told,
  });
}

function botConfig(place: Place, { slack, delivery }: { slack: LocalSlack; delivery: 'socket' | 'http' }): object {
  return {
    slack: { mode: delivery, apiUrl: slack.apiUrl, http: { host: place.host, port: HTTP_PORT } },
    redis: { url: redisUrlOf(place, BOT_USER) },
    clusters: [{ name: CLUSTER, channels: [OPS.id], workerKeys: [publicKeyPath(place, 'worker')] }],
    policyFile: policyPath(place),
    approval: { keyFile: keyPath(place, 'approval') },
    health: { host: place.host, port: HEALTH_PORTS.bot },
  };
}

/** Alice asks, bob approves, and everybody else is a stranger. */
function defaultPolicy(): object {
  const [alice, bob] = PEOPLE;
  return {
    clusters: { [CLUSTER]: { channels: [OPS.id], requesters: { users: [alice.id] }, approvers: { users: [bob.id] } } },
  };
}

/** Under the rights of our own manifest; everything else has its usual place, below the bootstrap node's own root. */
function workerConfig(place: Place, { bootstrapRoot, plansLiveSeconds = 3_600 }: SimulatedCluster): object {
  return {
    cluster: CLUSTER,
    redis: { url: redisUrlOf(place, workerUser(CLUSTER)) },
    root: bootstrapRoot,
    kubeconfig: WORKER_KUBECONFIG,
    stateFolder: join(place.folder, 'worker'),
    keyFile: keyPath(place, 'worker'),
    trustedKeys: [publicKeyPath(place, 'approval')],
    plan: { livesMinutes: plansLiveSeconds / 60 },
    health: { host: place.host, port: HEALTH_PORTS.worker },
  };
}

async function saysReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(LOOK_LIMIT_MS) })).ok;
  } catch {
    // Nobody listens yet: the caller asks again until its own limit.
    return false;
  }
}
