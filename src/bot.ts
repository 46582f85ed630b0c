import { Registry } from 'prom-client';
import { approvalSigner } from './adapters/keys/approvals.ts';
import { loadSigningKey } from './adapters/keys/files.ts';
import { randomIds } from './adapters/keys/ids.ts';
import type { SigningKey } from './adapters/keys/signature.ts';
import { answering } from './app/answer/answer-question.ts';
import { type DailyPorts, dailyChecker } from './app/answer/check-daily.ts';
import type { AnswerPorts, Lacking } from './app/answer/gather.ts';
import { KnownTroubles } from './app/answer/known-troubles.ts';
import { type NewsPorts, newsTeller } from './app/answer/tell-news.ts';
import { type BotPorts, botUseCases, type UseCases } from './app/ask/bot-use-cases.ts';
import type { WorkerLook } from './app/ask/compared-clocks.ts';
import { loggedWishes } from './app/ask/logged-wishes.ts';
import { OtherBots } from './app/ask/other-bots.ts';
import type { BotConfig } from './config/bot-config.ts';
import type { FleetFiles } from './config/fleet-files.ts';
import type { Once } from './ports/cards.ts';
import { botMetrics } from './runtime/bot/metrics.ts';
import { botProofs } from './runtime/bot/proofs.ts';
import { type BotRecord, botRecord } from './runtime/bot/record.ts';
import { RedisCheck } from './runtime/bot/redis-check.ts';
import { Reload } from './runtime/bot/reload.ts';
import { type ServedCluster, ServedClusters } from './runtime/bot/served-clusters.ts';
import { Upkeep } from './runtime/bot/upkeep.ts';
import { calmLog } from './runtime/calm-log.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { type ExpiryLook, expiryMetrics, redisFilesExpiry, redisServerExpiry } from './runtime/expiry.ts';
import { serveHealth } from './runtime/health.ts';
import type { Log } from './runtime/log.ts';
import { type Opened, startParts } from './runtime/opened.ts';
import { redisMetrics } from './runtime/redis-metrics.ts';
import { Rounds } from './runtime/rounds.ts';
import type { Process } from './runtime/run-process.ts';
import { slackGroups } from './slack/api/groups.ts';
import { type RunningSlack, startSlack } from './slack/start-slack.ts';

/** How often the bot compares the last status of each cluster with what people were told. */
const TELL_EVERY_MS = 30_000;

/** A running bot, whose clusters and policies may change. */
interface Bot extends Process {
  /** Reads the files again. */
  reload(): Promise<void>;
}

/** Builds the bot from its configuration and starts it; it answers Slack until it stops. `files`: where the configuration is from. */
export async function startBot(config: BotConfig, log: Log, files: FleetFiles | null = null): Promise<Bot> {
  const register = new Registry();
  const calm = calmLog(log, clock, redisMetrics(register));
  let reload: Reload | null = null;
  const process = await startParts(async (opened) => {
    reload = await openBot(config, files, calm, register, opened);
  }, log);
  return { ...process, reload: async () => await reload?.now() };
}

async function openBot(config: BotConfig, files: FleetFiles | null, log: Log, register: Registry, opened: Opened) {
  const news = botNews(register);
  const { onOpen, onCall, onDrawn, onRead, onShared: onKnown } = news;
  const signing = loadSigningKey(config.approval.keyFile);
  const { record, served, redisCheck } = await openClusters(config, signing, log, opened, news);
  const { fleet, cards, announcements, once, replicas } = record;
  const { clusters } = served;
  const rounds = opened.keep(new Rounds(opened.ending));
  let slack: RunningSlack | null = null;
  const lacking = () => slack?.lacking() ?? NOT_YET;
  const useCases = useCasesOf({ clusters, fleet, cards, clock }, await signing, news, lacking, log);
  const whyNotReady = () => {
    if (!record.isReachable()) return 'No connection to Redis works. The log says why.';
    return slack?.isConnected() ? null : 'Slack is unreachable.';
  };
  opened.keep(await serveHealth(config.health, whyNotReady, register));
  const others = new OtherBots({ replicas, renew: () => slack?.renew() ?? false, onKnown, clock, log });
  if (config.slack.mode === 'socket') rounds.run((signal) => others.run(signal));
  const changes = (name: string) => known(name, clusters).changes;
  const trusts = (name: string) => clusters.get(name)?.trusts ?? '';
  const heard = { onConnections: others.heard, useCases, onCall, onDrawn, changes, trusts };
  const shown = { ...config, clusters: placesOf(served), formerOf: served.formerOf };
  const running = await startSlack({ ...heard, config: shown, cards, once, announcements, clock, log });
  slack = running;
  opened.keep({ close: () => running.stop() });
  const tendAll = () => useCases.tend(running, (name, open) => onOpen(name, open, clock.now()));
  const upkeep = new Upkeep(tendAll, { clock, log });
  const heeded = { onRead, onChanged: upkeep.hurry };
  const reload = files && new Reload({ files, served, started: config, signing, clock, log, ...heeded });
  rounds.run(
    (signal) => redisCheck.watch(signal),
    (signal) => upkeep.run(signal),
    (signal) => tell(() => newsPorts(served, once, running), fleet, log, signal),
    (signal) => check(() => dailyPorts(served, once, running), log, signal),
    ...(reload === null ? [] : [(signal: AbortSignal) => reload.watch(signal)]),
  );
  log.info({ clusters: [...clusters.keys()] }, 'Bot started');
  return reload;
}

/** What people can ask of the bot; each request is a line in the log. */
function useCasesOf(
  ports: Pick<BotPorts & AnswerPorts, 'clusters' | 'fleet' | 'cards' | 'clock'>,
  signing: SigningKey,
  { onWorker, known: { of: troubles } }: ReturnType<typeof botNews>,
  lacking: () => Lacking,
  log: Log,
): UseCases {
  const own = { ids: randomIds(), signer: approvalSigner(signing), onWorker };
  return loggedWishes(botUseCases({ ...ports, ...own }, answering({ ...ports, lacking, troubles })), log);
}

/** The record in Redis, and the clusters in it that the bot serves. */
async function openClusters(
  config: BotConfig,
  signing: Promise<SigningKey>,
  log: Log,
  opened: Opened,
  { known: troubles, expiring }: Pick<ReturnType<typeof botNews>, 'known' | 'expiring'>,
) {
  const proofs = await botProofs(config, signing);
  const clusters = new Map<string, ServedCluster>();
  const redisCheck = new RedisCheck({ clusters, clock, log, onFound: troubles.redis });
  const record = opened.keep(botRecord(config, proofs, clusters, log, redisCheck.connected));
  expiring([() => redisFilesExpiry(config.redis), async () => redisServerExpiry(record.serverExpires())]);
  const { botToken } = config.secrets;
  const groups = slackGroups({ botToken, slackApiUrl: config.slack.apiUrl, clock, log });
  const served = opened.keep(new ServedClusters(clusters, record, groups));
  await served.serve(config, proofs.clusters, true);
  return { record, served, redisCheck };
}

/** Each cluster with its channels, as they are when somebody looks. */
const placesOf = ({ clusters }: ServedClusters) => ({
  *[Symbol.iterator]() {
    for (const [name, { channels }] of clusters) yield { name, channels };
  },
});

const NOT_YET = { off: [], closed: [] };

/** What the bot notices by the way goes to metrics, and to the troubles that `help` names. */
function botNews(register: Registry) {
  const metrics = botMetrics(register, clock);
  const known = new KnownTroubles(clock);
  return {
    ...metrics,
    known,
    expiring: (looks: readonly ExpiryLook[]): void => expiryMetrics(register, looks, () => clock.now()),
    onWorker(cluster: string, look: WorkerLook): void {
      metrics.onWorker(cluster, look);
      known.worker(cluster, look);
    },
    onShared(isShared: boolean): void {
      metrics.onShared(isShared);
      known.shared(isShared);
    },
    onRead(isInForce: boolean, removed: readonly string[]): void {
      metrics.onRead(isInForce, removed);
      known.files(isInForce, removed);
    },
  };
}

/** The clusters whose policy names a channel for alerts. */
function newsPorts({ clusters }: ServedClusters, once: Once, slack: RunningSlack): readonly NewsPorts[] {
  return [...clusters].flatMap(([cluster, ports]) => {
    const channel = ports.policy.alerts;
    if (channel === undefined) return [];
    const post: NewsPorts['post'] = (says, fixes) => slack.tell(channel, says, fixes);
    return [{ ...ports, cluster, once, post }];
  });
}

/** The clusters whose policy wants a daily check. */
function dailyPorts({ clusters }: ServedClusters, once: Once, slack: RunningSlack): readonly DailyPorts[] {
  return [...clusters].flatMap(([cluster, ports]) => {
    const { alerts: channel, daily } = ports.policy;
    if (channel === undefined || daily === undefined) return [];
    const post: DailyPorts['post'] = (says, fixes) => slack.tell(channel, says, fixes);
    return [{ ...ports, cluster, daily, clock, once, post }];
  });
}

/** Clusters side by side: one proof may take many minutes. */
async function check(clusters: () => readonly DailyPorts[], log: Log, signal: AbortSignal): Promise<void> {
  const checking = new Map<string, Promise<void>>();
  const checkDaily = dailyChecker();
  while (!signal.aborted) {
    for (const ports of clusters().filter((one) => !checking.has(one.cluster))) {
      const { cluster } = ports;
      const checked = checkDaily(ports, signal)
        .catch((err: unknown) =>
          log.warn({ err, cluster }, 'A daily check could not be made; another try follows in an hour'),
        )
        .finally(() => checking.delete(cluster));
      checking.set(cluster, checked);
    }
    await clock.sleep(TELL_EVERY_MS, signal).catch(() => undefined);
  }
  await Promise.all(checking.values());
}

async function tell(
  clusters: () => readonly NewsPorts[],
  fleet: BotRecord['fleet'],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const tellOf = newsTeller(fleet, (err, cluster) =>
    log.warn({ err, cluster }, 'News of a cluster could not be posted; another try follows in an hour'),
  );
  while (!signal.aborted) {
    await tellOf(clusters()).catch((err: unknown) => log.warn({ err }, 'Statuses of the clusters could not be read'));
    await clock.sleep(TELL_EVERY_MS, signal).catch(() => undefined);
  }
}

function known<T>(name: string, clusters: ReadonlyMap<string, T>): T {
  const cluster = clusters.get(name);
  if (cluster === undefined) throw new Error(`The bot has no configuration for the cluster ${name}.`);
  return cluster;
}
