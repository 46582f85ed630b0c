import { approvalSigner } from './adapters/keys/approvals.ts';
import { loadSigningKey } from './adapters/keys/files.ts';
import { randomIds } from './adapters/keys/ids.ts';
import { redisAnnouncements } from './adapters/redis/cards/announcements.ts';
import { redisCards } from './adapters/redis/cards/cards.ts';
import { redisHolds } from './adapters/redis/cards/holds.ts';
import { redisWorkerLife } from './adapters/redis/lease/heartbeat.ts';
import { changeQueue } from './adapters/redis/queue/queue.ts';
import { redisChanges } from './adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from './adapters/redis/server/connection.ts';
import { redisMend } from './adapters/redis/server/recover.ts';
import { botUseCases } from './app/ask/bot-use-cases.ts';
import type { BotConfig } from './config/bot-config.ts';
import { redisAddress } from './config/redis-config.ts';
import { botProofs } from './runtime/bot-proofs.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { serveHealth } from './runtime/health.ts';
import type { Log } from './runtime/log.ts';
import type { Process } from './runtime/run-process.ts';
import { slackGroups } from './slack/api/groups.ts';
import { startSlack } from './slack/start-slack.ts';

/** How often open changes are looked after: plans that expired, jobs that a dying bot did not queue. */
const TEND_EVERY_MS = 10_000;

/** Builds the bot from its configuration and starts it; it answers Slack until it is stopped. */
export async function startBot(config: BotConfig, log: Log): Promise<Process> {
  const signingKey = await loadSigningKey(config.approval.keyFile);
  const proofs = await botProofs(config, signingKey);
  const onError = (error: unknown) => log.warn({ err: error, next: redisMend(error) }, 'Redis connection error');
  const redis = connectRedis({
    ...redisAddress(config.redis, config.secrets.redisPassword),
    onError,
    name: 'registry-ha-bot',
  });
  const names = config.clusters.map(({ name }) => name);
  const queues = new Map(names.map((cluster) => [cluster, changeQueue({ redis, cluster, onError })]));
  const groups = slackGroups({ botToken: config.secrets.botToken, ...apiOf(config), clock, log });
  const clusters = new Map(
    [...queues].flatMap(([cluster, queue]) => {
      const policy = config.policies.get(cluster);
      const proof = proofs.get(cluster);
      if (policy === undefined || proof === undefined) return [];
      const place = { redis, cluster };
      const records = { changes: redisChanges({ ...place, clock, proof }), holds: redisHolds(place) };
      return [[cluster, { ...records, queue, worker: redisWorkerLife(place), policy, groups }] as const];
    }),
  );
  const cards = redisCards({ redis, clusters: names, clock });
  const signer = approvalSigner(signingKey);
  const useCases = botUseCases({
    clusters,
    cards,
    clock,
    ids: randomIds(),
    signer,
  });
  const announcements = redisAnnouncements({
    redis,
    clusters: names,
    onError,
  });
  const slack = await startSlack({
    config,
    useCases,
    changes: (name) => knownCluster(name, clusters).changes,
    cards,
    announcements,
    clock,
    log,
  });
  const tending = tend(() => useCases.tend(slack.postAgain), log);
  const health = await serveHealth(config.health, () => {
    if (redis.status !== 'ready') return 'Redis cannot be reached.';
    return slack.isConnected() ? null : 'Slack cannot be reached.';
  });
  log.info({ clusters: names }, 'The bot answers');
  return {
    async stop() {
      await Promise.all([slack.stop(), tending.stop(), health.close()]);
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      await closeRedis(redis);
    },
  };
}

const apiOf = ({ slack: { apiUrl } }: BotConfig) => (apiUrl === undefined ? {} : { slackApiUrl: apiUrl });

function knownCluster<T>(name: string, clusters: ReadonlyMap<string, T>): T {
  const cluster = clusters.get(name);
  if (cluster === undefined) throw new Error(`The bot is not configured for a cluster ${name}.`);
  return cluster;
}

function tend(look: () => Promise<void>, log: Log): { stop(): Promise<void> } {
  const end = new AbortController();
  const rounds = (async () => {
    while (!end.signal.aborted) {
      await look().catch((error: unknown) => log.warn({ err: error }, 'Open changes could not be looked after'));
      await clock.sleep(TEND_EVERY_MS, end.signal).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      end.abort();
      await rounds;
    },
  };
}
