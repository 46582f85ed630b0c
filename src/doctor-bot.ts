import { host } from './adapters/health/host.ts';
import { loadSigningKey, loadTrustedKeys } from './adapters/keys/files.ts';
import { datedKeys } from './adapters/keys/store.ts';
import { redisReplicas } from './adapters/redis/cards/replicas.ts';
import { redisHeartbeat } from './adapters/redis/lease/heartbeat.ts';
import { examine, type Room, shared } from './app/doctor/check.ts';
import { BOT_UNIT, botHostRoom } from './app/doctor/host.ts';
import { certificatesRoom, keysRoom } from './app/doctor/keeping.ts';
import { policyRoom } from './app/doctor/policy.ts';
import { redisRoom } from './app/doctor/redis.ts';
import { slackRoom } from './app/doctor/slack.ts';
import { workersRoom } from './app/doctor/workers.ts';
import type { TypedDoctor } from './commands/doctor.ts';
import { workerKeysOf } from './config/bot-clusters.ts';
import { type BotConfig, botConfig } from './config/bot-config.ts';
import type { Environment } from './config/read-config.ts';
import { redisAddress } from './config/redis-config.ts';
import { logOn, onScreen, warnOf } from './on-screen.ts';
import type { Heartbeat } from './ports/cards.ts';
import type { Log } from './ports/log.ts';
import { botProofs } from './runtime/bot/proofs.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { doctorRedis, healthOnceStarted, redisExpiryLooks, secretFiles, withSecretsBeside } from './runtime/doctor.ts';
import { Opened } from './runtime/opened.ts';
import { VERSION } from './runtime/version.ts';
import { slackGroups } from './slack/api/groups.ts';
import { slackSite } from './slack/api/site.ts';
import { doctorSays } from './terminal/doctor.ts';

/** `registry-ha doctor bot`: checks the prerequisites of this computer's bot; returns the exit code. Nothing is changed or posted. */
export async function doctorOfBot({ config: path, json }: TypedDoctor): Promise<number> {
  return await onScreen(json, async (screen) => {
    const env = withSecretsBeside(path, process.env, SECRETS);
    const config = botConfig(path, env, { isStarting: true });
    const clusters = config.clusters.map(({ name }) => name);
    const opened = new Opened();
    try {
      const address = redisAddress(config.redis, config.secrets);
      const redis = opened.keep(doctorRedis(address, 'bot', clusters));
      screen.wait('Checking…');
      const rooms = roomsOf(config, env, redis, logOn(screen));
      const findings = await examine(rooms, { clock, onUnexpected: warnOf(screen) }, new AbortController().signal);
      return doctorSays({ process: 'bot', clusters, version: VERSION }, findings);
    } finally {
      await opened.close();
    }
  });
}

/** As `registry-ha init bot` lays them, and as the unit names them. */
const SECRETS = {
  REGISTRY_HA_SLACK_BOT_TOKEN: 'secrets/slack-bot-token',
  REGISTRY_HA_SLACK_APP_TOKEN: 'secrets/slack-app-token',
  REGISTRY_HA_SLACK_SIGNING_SECRET: 'secrets/slack-signing-secret',
  REGISTRY_HA_REDIS_PASSWORD: 'secrets/redis-password',
  REGISTRY_HA_SENTINEL_PASSWORD: 'secrets/sentinel-password',
} as const;

function roomsOf(
  config: BotConfig,
  env: Environment,
  connected: ReturnType<typeof doctorRedis>,
  log: Log,
): readonly Room[] {
  const { policies, approval, slack } = config;
  const here = host(process.env);
  const health = () => healthOnceStarted(config.health, () => here.unit(BOT_UNIT));
  const { botToken, appToken } = config.secrets;
  const site = slackSite({ botToken, appToken, slackApiUrl: slack.apiUrl });
  const token = shared((signal) => site.token(signal));
  const groups = slackGroups({ botToken, slackApiUrl: slack.apiUrl, clock, log: { ...log, warn: () => undefined } });
  const own = async () => (await loadSigningKey(approval.keyFile)).name;
  const files = async () =>
    (await Promise.all(config.clusters.map((one) => loadTrustedKeys(workerKeysOf(one))))).flat();
  const trusted = async () => (await files()).map(({ name }) => name);
  const dated = () => datedKeys(approval.keyFile, files);
  const sockets = () =>
    redisReplicas({ redis: connected.redis, clusters: config.clusters.map(({ name }) => name) }).seen();
  return [
    botHostRoom({ host: here, health }),
    keysRoom({ own, trusted, dated, secrets: () => secretFiles(env, Object.keys(SECRETS)) }, 'trusted workers', () =>
      clock.now(),
    ),
    slackRoom({
      token,
      site,
      isSocket: slack.mode === 'socket',
      sockets,
      channels: [...new Set(config.clusters.flatMap((one) => one.channels))],
      policies,
      now: () => clock.now().getTime(),
    }),
    policyRoom({ policies, groups, site, token }),
    redisRoom(connected.server),
    certificatesRoom(redisExpiryLooks(config.redis, connected), () => clock.now()),
    workersRoom({ clusters: livesOf(config, connected.redis), version: VERSION, ownKey: own }),
  ];
}

/** The heartbeat of each cluster. The keys are read with the first look, so that a wrong key is only this check's matter. */
function livesOf(
  config: BotConfig,
  redis: ReturnType<typeof doctorRedis>['redis'],
): ReadonlyMap<string, Pick<Heartbeat, 'seen'>> {
  const proofs = shared(() => botProofs(config, loadSigningKey(config.approval.keyFile)));
  const { signal } = new AbortController();
  const seen = async (cluster: string) => {
    const proof = (await proofs(signal)).clusters.get(cluster)?.heartbeat;
    if (proof === undefined) throw new Error(`There are no keys for the cluster ${cluster}.`);
    return await redisHeartbeat({ redis, cluster, clock, proof }).seen();
  };
  return new Map(config.clusters.map(({ name }) => [name, { seen: () => seen(name) }] as const));
}
