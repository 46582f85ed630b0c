import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { begunJobsIn } from './adapters/files/begun-jobs.ts';
import { randomIds } from './adapters/keys/ids.ts';
import { kubeconfigExpiry } from './adapters/kube/expiry.ts';
import type { Fence } from './adapters/redis/lease/fence.ts';
import { type QueueWorkerOptions, queueWorker } from './adapters/redis/queue/queue-worker.ts';
import { waitReporter } from './app/apply/progress-reporter.ts';
import { type DeskPorts, TerminalDesk } from './app/desk/desk.ts';
import { LocalChanges } from './app/desk/local-changes.ts';
import { type LocalRunPorts, LocalRuns } from './app/desk/local-runs.ts';
import { type PlanForPorts, planFor } from './app/plan/plan-for.ts';
import { LostRecordWatch } from './app/record/lost-record-watch.ts';
import { type Compared, type LostRecordPorts, reportLostRecords } from './app/record/lost-records.ts';
import { ClusterWatch } from './app/watch/cluster-watch.ts';
import { DryRunWatch } from './app/watch/dry-run-watch.ts';
import { inspectAll } from './app/watch/inspect-all.ts';
import { ProofWatch, type ProofWatchPorts } from './app/watch/proof-watch.ts';
import { proveAll } from './app/watch/prove-all.ts';
import { watchDrift } from './app/watch/watch-drift.ts';
import { doJob, type JobPorts } from './app/worker/do-job.ts';
import { HalfDrill } from './app/worker/half-drill.ts';
import { workerHeart } from './app/worker/heart.ts';
import type { WorkerTrouble } from './app/worker/worker-trouble.ts';
import type { WorkerConfig } from './config/worker-config.ts';
import type { Intent } from './domain/plan/intent.ts';
import { NO_CHANGE } from './domain/questions/plan/dry-run.ts';
import type { ClusterStatus } from './domain/questions/status/cluster-status.ts';
import type { DryRuns } from './ports/dry-runs.ts';
import type { Changes, Journal } from './ports/record.ts';
import type { StatusBoard } from './ports/status.ts';
import { calmLog } from './runtime/calm-log.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { expiryMetrics, redisFilesExpiry, redisServerExpiry } from './runtime/expiry.ts';
import { serveHealth } from './runtime/health.ts';
import type { Log } from './runtime/log.ts';
import { type Opened, startParts } from './runtime/opened.ts';
import { redisMetrics } from './runtime/redis-metrics.ts';
import { Rounds } from './runtime/rounds.ts';
import type { Process } from './runtime/run-process.ts';
import { countedJournal, journalMetrics } from './runtime/worker/change-metrics.ts';
import { type WorkerCluster, workerCluster } from './runtime/worker/cluster.ts';
import { workerCopier } from './runtime/worker/copier.ts';
import { workerJournal } from './runtime/worker/journal.ts';
import { type WorkerLog, workerLog } from './runtime/worker/log-lines.ts';
import { loggedJournal } from './runtime/worker/logged-journal.ts';
import { ProofAges } from './runtime/worker/proof-ages.ts';
import { type WorkerProofs, workerProofs } from './runtime/worker/proofs.ts';
import { workerRecord } from './runtime/worker/record.ts';
import { statusMetrics } from './runtime/worker/status-metrics.ts';
import { terminalRules, workerSocket } from './runtime/worker/terminal.ts';
import { tracedJournal } from './runtime/worker/traced-journal.ts';

/** Builds the worker from its configuration and starts it; it takes jobs until it stops. */
export async function startWorker(config: WorkerConfig, log: Log): Promise<Process> {
  await mkdir(config.stateFolder, { recursive: true, mode: 0o700 });
  const metrics = new Registry();
  journalMetrics(join(config.stateFolder, 'journal.jsonl'), metrics);
  const calm = calmLog(log, clock, redisMetrics(metrics));
  return await startParts((opened) => openWorker(config, calm, metrics, opened), log);
}

async function openWorker(config: WorkerConfig, log: Log, metrics: Registry, opened: Opened): Promise<void> {
  const logged = workerLog(log);
  const keys = await workerProofs(config);
  const { journal, traced, counted, onBotEnd, ages } = await journals(config, keys, log, { metrics, opened });
  // Opened before Redis, so closed after it: a round may wait for Redis, and closing Redis ends that wait.
  const rounds = opened.keep(new Rounds(opened.ending));
  const record = opened.keep(workerRecord(config, keys, log, () => lostRecords.wake()));
  const { changes, cards, life } = record;
  const lostRecords = recordWatch({ journal: traced, changes, clock, onBotEnd, ...logged });
  const cluster = opened.keep(await workerCluster(config, log));
  const me = { id: randomUUID(), name: `${hostname()} (process ${process.pid})` };
  const { watch, watches } = clusterWatch(config, cluster, { ...record, metrics, ages }, logged);
  const proofs = opened.keep(proofWatch(config, { cluster, journal: counted, board: record.proofBoard }, log));
  const halfDrill = await HalfDrill.inJournal({ ...cluster, ...kept(config, traced, log), clock, ...logged });
  // A registry that is away goes before every job.
  const look = { trouble: async () => (await journal.trouble()) ?? halfDrill.says };
  const onAsked = (request: number) => watch.asked(request);
  const { trouble, loops } = workerHeart({ life, clock, ...cluster, journal: look, me, onAsked, ...logged });
  const copier = workerCopier(config, cluster, metrics);
  const onRecordLost = () => lostRecords.wake();
  const own = { ...kept(config, counted, log), clock, changes, cards, copier, checker: keys.approvals, onRecordLost };
  const ports: JobPorts = { ...cluster, ...own, ...logged, cluster: config.cluster, ...limitsOf(config) };
  const dryRuns = dryRunWatch(ports, record.dryRuns, () => proofs.running, logged);
  const parts = { ports, trouble, lostRecords, proofs, watch, ending: opened.ending };
  const { desk, runs } = terminalDesk(config, keys, { ...parts, holds: record.holds }, logged);
  opened.keep(runs);
  const work = queueWork(parts, record.fencedChanges);
  const idPath = join(config.stateFolder, 'queue-worker.id');
  const queue = opened.keep(queueWorker({ redis: record.redis, cluster: config.cluster, log, work, idPath }));
  const whyNotReady = () => trouble.says ?? (queue.alive() ? null : 'The queue in Redis is not read: see the log.');
  opened.keep(await serveHealth(config.health, whyNotReady, metrics));
  await runs.resume();
  opened.keep(await workerSocket(config, (ask, talk) => desk.serve(ask, talk, opened.ending), log));
  // It may have ended a change from the terminal.
  const drillEnds = (signal: AbortSignal) => halfDrill.run(signal).then(() => lostRecords.wake());
  rounds.run(drillEnds, ...loops, lostRecords.run, ...watches, proofs.run, dryRuns.run);
  queue.start();
  log.info({ cluster: config.cluster }, 'Worker started');
}

/** The journal; the same one with traces of what is written; and with metrics, too. */
async function journals(
  config: WorkerConfig,
  keys: WorkerProofs,
  log: Log,
  { metrics, opened }: { readonly metrics: Registry; readonly opened: Opened },
) {
  const journal = opened.keep(await workerJournal(config, keys, log));
  const { traced, onBotEnd } = await tracedJournal(journal, config, { clock, log, opened });
  const ages = new ProofAges(() => clock.now(), metrics);
  ages.knew(journal.proved());
  return { journal, traced, onBotEnd, ages, counted: ages.heard(countedJournal(traced, metrics)) };
}

const limitsOf = ({ plan, apply }: WorkerConfig) => ({
  planLivesMs: plan.livesMinutes * 60_000,
  nodesAtATime: apply.atATime,
});

/** What the worker keeps on the node's disk while it works. */
function kept({ stateFolder }: WorkerConfig, journal: Journal, log: Log) {
  const begunJobs = begunJobsIn(join(stateFolder, 'begun-jobs.json'), workerLog(log).onFileTrouble);
  return { journal: loggedJournal(journal, log), begunJobs };
}

/** Where the inspections of the cluster go. */
interface WatchParts {
  readonly board: StatusBoard;
  /** When the certificate of Redis expires. */
  serverExpires(): Date | null;
  readonly metrics: Registry;
  readonly ages: ProofAges;
}

/** Inspects the cluster for `/registry-ha status`. */
function clusterWatch(
  config: WorkerConfig,
  cluster: WorkerCluster,
  { board, serverExpires, metrics, ages }: WatchParts,
  logged: WorkerLog,
) {
  const onUnexpected = logged.onPartUnread;
  const ports = { ...cluster, cluster: config.cluster, now: () => clock.now(), onUnexpected };
  const inspect = (signal: AbortSignal) => inspectAll(ports, signal);
  const everyMs = config.status.everyMinutes * 60_000;
  const show = statusMetrics(clock, metrics);
  const expiries = [
    () => redisFilesExpiry(config.redis),
    async () => redisServerExpiry(serverExpires()),
    () => kubeconfigExpiry(join(config.root, config.kubeconfig)),
  ];
  expiryMetrics(metrics, expiries, () => clock.now());
  const onStatus = (status: ClusterStatus) => {
    show(status);
    ages.inspected(status);
  };
  const watch = new ClusterWatch({ board, clock, inspect, everyMs, onStatus, onError: logged.onNotInspected });
  const drift = { ...cluster, clock, onDrift: () => watch.wake(), onUnexpected };
  return { watch, watches: [watch.run, (signal: AbortSignal) => watchDrift(drift, signal)] };
}

/** What the worker proves, and where the results go. */
interface ProofParts extends Pick<ProofWatchPorts, 'board'> {
  readonly cluster: WorkerCluster;
  readonly journal: Journal;
}

/** Proves the registries for `/registry-ha verify`. */
function proofWatch(config: WorkerConfig, { cluster, journal, board }: ProofParts, log: Log) {
  const { onPartUnread: onUnexpected, onNotReported: onError } = workerLog(log);
  const ports = { ...cluster, cluster: config.cluster, clock, onUnexpected };
  const prove: ProofWatchPorts['prove'] = (wish, onProgress, signal) => proveAll(wish, ports, onProgress, signal);
  return new ProofWatch({ board, journal: loggedJournal(journal, log), clock, prove, onError });
}

/** Plans for `/registry-ha plan`. */
function dryRunWatch(ports: PlanForPorts, desk: DryRuns, running: () => string | null, logged: WorkerLog) {
  const plan = (intent: Intent, signal: AbortSignal) => {
    const at = clock.now().toISOString();
    return planFor(intent, { change: NO_CHANGE, at, begun: false, proves: false }, ports, signal);
  };
  const { onDryRunLost: onError, onPartUnread: onUnexpected } = logged;
  return new DryRunWatch({ desk, clock, plan, running, onError, onUnexpected });
}

/** Does a job of the queue in its turn. */
function queueWork(parts: DeskParts, changesOf: (fence: Fence) => Changes): QueueWorkerOptions['work'] {
  const { ports, trouble, lostRecords, proofs, watch } = parts;
  return async (job, signal, fence) => {
    await trouble.over(signal);
    const own = { ...ports, changes: changesOf(fence) };
    const { busyWith } = lostRecords;
    // The queue does not know of changes from the terminal.
    if (busyWith !== null)
      waitReporter(job.id, own)(`Waiting for ${busyWith}, which was started at the terminal of the bootstrap node.`);
    await lostRecords.job(job.id, () => {
      signal.throwIfAborted();
      return proofs.during(job, () => doJob(job, own, signal));
    });
    watch.wake();
  };
}

/** What changes from the terminal share with those of the queue. */
interface DeskParts {
  readonly watch: ClusterWatch;
  readonly ports: JobPorts;
  readonly trouble: WorkerTrouble;
  readonly lostRecords: LostRecordWatch;
  readonly proofs: ProofWatch;
  readonly ending: AbortSignal;
}

/** Changes from the terminal: with the code of the queue's jobs, in turn with them, and recorded in the journal alone. */
function terminalDesk(
  config: WorkerConfig,
  { terminal }: WorkerProofs,
  parts: DeskParts & Pick<DeskPorts, 'holds'>,
  logged: WorkerLog,
) {
  const { ports, lostRecords, proofs, watch } = parts;
  const local = new LocalChanges(ports.journal);
  const turn: LocalRunPorts['turn'] = {
    job: (job, work) => lostRecords.job(job.id, () => proofs.during(job, work)),
    tryJob: (job, work) => lostRecords.tryJob(job.id, () => proofs.during(job, work)),
  };
  const onEnded = () => {
    watch.wake();
    lostRecords.wake();
  };
  const runs = new LocalRuns({ ...ports, ...parts, ...logged, checker: terminal.checker, local, turn, onEnded });
  const { signer } = terminal;
  const talking = { rules: terminalRules(config), ids: randomIds(), onUnexpected: logged.onTalkFailed };
  return { runs, desk: new TerminalDesk({ ...ports, ...parts, ...talking, runs, local, signer }) };
}

function recordWatch(ports: LostRecordPorts & { readonly onNotRestored: (error: unknown) => void }): LostRecordWatch {
  const report = (which: Compared) => reportLostRecords(ports, which);
  return new LostRecordWatch({ clock: ports.clock, report, onError: ports.onNotRestored });
}
