import { join } from 'node:path';
import { host } from './adapters/health/host.ts';
import { journalHealth } from './adapters/journal/entries/health.ts';
import { loadSigningKey, loadTrustedKeys, ownAndFormerKeys } from './adapters/keys/files.ts';
import { headChecker } from './adapters/keys/seals.ts';
import { datedKeys } from './adapters/keys/store.ts';
import { kubeconfigExpiry } from './adapters/kube/expiry.ts';
import { fitnessOfNodes } from './adapters/node/fitness.ts';
import { redisHeartbeat } from './adapters/redis/lease/heartbeat.ts';
import { examine, type Room, shared } from './app/doctor/check.ts';
import { archivesRoom, kubernetesRoom, saltRoom } from './app/doctor/cluster.ts';
import { WORKER_UNIT, workerHostRoom } from './app/doctor/host.ts';
import { certificatesRoom, journalRoom, keysRoom, tracesRoom } from './app/doctor/keeping.ts';
import { nodesRoom } from './app/doctor/nodes.ts';
import { redisRoom } from './app/doctor/redis.ts';
import { runningRoom } from './app/doctor/workers.ts';
import type { TypedDoctor } from './commands/doctor.ts';
import type { Environment } from './config/read-config.ts';
import { redisAddress } from './config/redis-config.ts';
import { type WorkerConfig, workerConfig } from './config/worker-config.ts';
import { logOn, onScreen, warnOf } from './on-screen.ts';
import type { JournalHealth } from './ports/doctor/keeping.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { doctorRedis, healthOnceStarted, redisExpiryLooks, secretFiles, withSecretsBeside } from './runtime/doctor.ts';
import { Opened } from './runtime/opened.ts';
import { VERSION } from './runtime/version.ts';
import { type WorkerCluster, workerCluster } from './runtime/worker/cluster.ts';
import { workerProofs } from './runtime/worker/proofs.ts';
import { doctorSays } from './terminal/doctor.ts';
import { whyNotRead } from './terminal.ts';

/** `registry-ha doctor worker`: checks the prerequisites of this node's worker; returns the exit code. Nothing is changed. */
export async function doctorOfWorker({ config: path, json }: TypedDoctor): Promise<number> {
  return await onScreen(json, async (screen) => {
    const env = withSecretsBeside(path, process.env, SECRETS);
    const config = workerConfig(path, env, { isStarting: true });
    const denied = await whyNotRead(config);
    if (denied !== null) return denied;
    const opened = new Opened();
    try {
      const address = redisAddress(config.redis, config);
      const cluster = opened.keep(await workerCluster(config, logOn(screen), false));
      const redis = opened.keep(doctorRedis(address, 'worker', [config.cluster]));
      screen.wait('Checking…');
      const rooms = roomsOf(config, env, cluster, redis);
      const findings = await examine(rooms, { clock, onUnexpected: warnOf(screen) }, new AbortController().signal);
      return doctorSays({ process: 'worker', clusters: [config.cluster], version: VERSION }, findings);
    } finally {
      await opened.close();
    }
  });
}

/** Secrets and their files beside the configuration. */
const SECRETS = {
  REGISTRY_HA_REDIS_PASSWORD: 'redis-password',
  REGISTRY_HA_SENTINEL_PASSWORD: 'sentinel-password',
  REGISTRY_HA_OTLP_HEADERS: 'otlp-headers',
} as const;

function roomsOf(
  config: WorkerConfig,
  env: Environment,
  { kubernetes, bootstrap, salt, shell }: WorkerCluster,
  connected: ReturnType<typeof doctorRedis>,
): readonly Room[] {
  const { cluster, stateFolder, keyFile, trustedKeys } = config;
  const here = host(process.env);
  const looks = {
    kube: shared((signal) => kubernetes.look(signal)),
    bootstrap: shared((signal) => bootstrap.glance(signal)),
  };
  const health = shared(() => healthOnceStarted(config.health, () => here.unit(WORKER_UNIT)));
  const seen = async () => {
    // A worker that has just started beats when it is ready.
    await health(new AbortController().signal);
    const { heartbeat } = await workerProofs(config);
    return await redisHeartbeat({ redis: connected.redis, cluster, clock, proof: heartbeat }).seen();
  };
  const keys = {
    own: async () => (await loadSigningKey(keyFile)).name,
    trusted: async () => (await loadTrustedKeys(trustedKeys)).map(({ name }) => name),
    dated: () => datedKeys(keyFile, () => loadTrustedKeys(trustedKeys)),
    secrets: () => secretFiles(env, Object.keys(SECRETS), [kubeconfigOf(config)]),
  };
  return [
    workerHostRoom({ host: here, health }),
    runningRoom(seen, VERSION),
    keysRoom(keys, 'trusted bots', () => clock.now()),
    redisRoom(connected.server),
    certificatesRoom(expiriesOf(config, connected), () => clock.now()),
    kubernetesRoom({ ...looks, rights: kubernetes, now: () => clock.now().getTime() }),
    saltRoom(looks, salt),
    archivesRoom(looks),
    nodesRoom(looks, fitnessOfNodes(shell)),
    journalRoom({ host: here, journal: journalOf(config), stateFolder }),
    ...tracesRooms(config),
  ];
}

function journalOf({ cluster, stateFolder, keyFile, formerKeys }: WorkerConfig): JournalHealth {
  const checker = async () => headChecker(await ownAndFormerKeys(await loadSigningKey(keyFile), formerKeys));
  return journalHealth(join(stateFolder, 'journal.jsonl'), cluster, checker);
}

const kubeconfigOf = ({ root, kubeconfig }: WorkerConfig): string => join(root, kubeconfig);

const expiriesOf = (config: WorkerConfig, connected: ReturnType<typeof doctorRedis>) => ({
  ...redisExpiryLooks(config.redis, connected),
  kubeconfig: () => kubeconfigExpiry(kubeconfigOf(config)),
});

/** Loads the packages of OpenTelemetry only if traces are on. */
function tracesRooms({ traces, otlpHeaders: headers }: WorkerConfig): readonly Room[] {
  if (traces === undefined) return [];
  const load = () => import('./adapters/otlp/otlp.ts');
  return [tracesRoom(async () => await (await load()).tryOtlp({ url: traces.otlp, headers, clock }))];
}
