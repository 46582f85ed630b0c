import { Registry } from 'prom-client';
import { approvalSigner } from './adapters/keys/approvals.ts';
import { loadSigningKey } from './adapters/keys/files.ts';
import { randomIds } from './adapters/keys/ids.ts';
import { answering } from './app/answer/answer-question.ts';
import { checkDaily, type DailyPorts } from './app/answer/check-daily.ts';
import { type NewsPorts, newsTeller } from './app/answer/tell-news.ts';
import { botUseCases, type UseCases } from './app/ask/bot-use-cases.ts';
import { loggedWishes } from './app/ask/logged-wishes.ts';
import type { BotConfig } from './config/bot-config.ts';
import type { Fleet } from './ports/cards.ts';
import { botMetrics } from './runtime/bot/metrics.ts';
import { botProofs } from './runtime/bot/proofs.ts';
import { type BotRecord, botRecord } from './runtime/bot/record.ts';
import { calmLog } from './runtime/calm-log.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { serveHealth } from './runtime/health.ts';
import type { Log } from './runtime/log.ts';
import { type Opened, startParts } from './runtime/opened.ts';
import { redisMetrics } from './runtime/redis-metrics.ts';
import { Rounds } from './runtime/rounds.ts';
import type { Process } from './runtime/run-process.ts';
import { slackGroups } from './slack/api/groups.ts';
import { type RunningSlack, startSlack } from './slack/start-slack.ts';

/** How often the bot checks open changes: expired plans, and jobs that a crashed bot did not queue. */
const TEND_EVERY_MS = 10_000;

/** How often the bot compares the last status of each cluster with what people were told. */
const TELL_EVERY_MS = 30_000;

/** Builds the bot from its configuration and starts it; it answers Slack until it stops. */
export async function startBot(config: BotConfig, log: Log): Promise<Process> {
  const register = new Registry();
  const calm = calmLog(log, clock, redisMetrics(register));
  return await startParts((opened) => openBot(config, calm, register, opened), log);
}

async function openBot(config: BotConfig, log: Log, register: Registry, opened: Opened): Promise<void> {
  const { onOpen, onWorker, onCall, onDrawn } = botMetrics(register);
  const signing = loadSigningKey(config.approval.keyFile);
  const record = opened.keep(botRecord(config, await botProofs(config, signing), log));
  const { fleet, cards, announcements, once } = record;
  const rounds = opened.keep(new Rounds(opened.ending));
  const { botToken } = config.secrets;
  const groups = slackGroups({ botToken, slackApiUrl: config.slack.apiUrl, clock, log });
  const clusters = new Map(
    [...record.clusters].map(([name, cluster]) => {
      return [name, { ...cluster, policy: known(name, config.policies), groups }] as const;
    }),
  );
  const signer = approvalSigner(await signing);
  let slack: RunningSlack | null = null;
  const useCases = loggedWishes(
    botUseCases(
      { clusters, fleet, cards, clock, ids: randomIds(), signer },
      answering({ clusters, fleet, cards, clock, lacking: () => slack?.off() ?? [] }),
    ),
    log,
  );
  const changes = (name: string) => known(name, clusters).changes;
  const whyNotReady = () => {
    if (!record.isReachable()) return 'Redis is unreachable.';
    return slack?.isConnected() ? null : 'Slack is unreachable.';
  };
  opened.keep(await serveHealth(config.health, whyNotReady, register));
  const heard = { useCases: withMetric(useCases, onWorker), onCall, onDrawn };
  const running = await startSlack({ ...heard, config, changes, cards, once, announcements, clock, log });
  slack = running;
  opened.keep({ close: () => running.stop() });
  rounds.run((signal) =>
    tend(() => useCases.tend(running, (name, open) => onOpen(name, open, clock.now())), log, signal),
  );
  rounds.run((signal) => tell(newsPorts(record, config, running), fleet, log, signal));
  rounds.run((signal) => check(dailyPorts(record, config, running), log, signal));
  log.info({ clusters: [...clusters.keys()] }, 'Bot started');
}

/** The state of a worker goes to a metric whenever it is looked at. */
function withMetric(useCases: UseCases, onWorker: ReturnType<typeof botMetrics>['onWorker']): UseCases {
  return {
    ...useCases,
    async workerOf(cluster) {
      const state = await useCases.workerOf(cluster);
      onWorker(cluster, state);
      return state;
    },
    async watchWorkers() {
      const states = await useCases.watchWorkers();
      for (const [cluster, state] of [...states.busy, ...states.others]) onWorker(cluster, state);
      return states;
    },
  };
}

/** The clusters whose policy names a channel for alerts. */
function newsPorts(record: BotRecord, { policies }: BotConfig, slack: RunningSlack): readonly NewsPorts[] {
  return [...record.clusters].flatMap(([cluster, ports]) => {
    const channel = known(cluster, policies).alerts;
    if (channel === undefined) return [];
    const post: NewsPorts['post'] = (says, fixes) => slack.tell(channel, says, fixes);
    return [{ ...ports, cluster, once: record.once, post }];
  });
}

/** The clusters whose policy wants a daily check. */
function dailyPorts(record: BotRecord, { policies }: BotConfig, slack: RunningSlack): readonly DailyPorts[] {
  return [...record.clusters].flatMap(([cluster, ports]) => {
    const { alerts: channel, daily } = known(cluster, policies);
    if (channel === undefined || daily === undefined) return [];
    const post: DailyPorts['post'] = (says) => slack.tell(channel, says, []);
    return [{ ...ports, cluster, daily, clock, once: record.once, post }];
  });
}

/** Clusters side by side: one proof may take many minutes. */
async function check(clusters: readonly DailyPorts[], log: Log, signal: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>();
  while (clusters.length > 0 && !signal.aborted) {
    for (const ports of clusters.filter((one) => !running.has(one.cluster))) {
      const check = checkDaily(ports, signal)
        .catch((err: unknown) =>
          log.warn({ err, cluster: ports.cluster }, 'A daily check could not be made; another one follows tomorrow'),
        )
        .finally(() => running.delete(ports.cluster));
      running.set(ports.cluster, check);
    }
    await clock.sleep(TELL_EVERY_MS, signal).catch(() => undefined);
  }
  await Promise.all(running.values());
}

async function tell(clusters: readonly NewsPorts[], fleet: Fleet, log: Log, signal: AbortSignal): Promise<void> {
  const tellOf = newsTeller(fleet, (err, cluster) =>
    log.warn({ err, cluster }, 'News of a cluster could not be posted; another try follows in an hour'),
  );
  while (clusters.length > 0 && !signal.aborted) {
    await tellOf(clusters).catch((err: unknown) => log.warn({ err }, 'Statuses of the clusters could not be read'));
    await clock.sleep(TELL_EVERY_MS, signal).catch(() => undefined);
  }
}

function known<T>(name: string, clusters: ReadonlyMap<string, T>): T {
  const cluster = clusters.get(name);
  if (cluster === undefined) throw new Error(`The bot has no configuration for the cluster ${name}.`);
  return cluster;
}

async function tend(check: () => Promise<void>, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await check().catch((err: unknown) => log.warn({ err }, 'Open changes could not be checked'));
    await clock.sleep(TEND_EVERY_MS, signal).catch(() => undefined);
  }
}
