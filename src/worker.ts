import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { bootstrapNode } from './adapters/bootstrap/bootstrap-node.ts';
import { kubernetes } from './adapters/kube/kube.ts';
import { openTargetDigests } from './adapters/node/target-digests.ts';
import { targetNodes } from './adapters/node/target-nodes.ts';
import { redisCards } from './adapters/redis/cards/cards.ts';
import { redisWorkerLife } from './adapters/redis/lease/heartbeat.ts';
import { queueWorker } from './adapters/redis/queue/queue-worker.ts';
import { redisChanges } from './adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from './adapters/redis/server/connection.ts';
import { redisMend } from './adapters/redis/server/recover.ts';
import { registries } from './adapters/registry/registries.ts';
import { salt } from './adapters/salt/salt.ts';
import { sshCopier } from './adapters/ssh/copy/copier.ts';
import { OpenSsh } from './adapters/ssh/run/openssh.ts';
import { sshShell } from './adapters/ssh/run/shell.ts';
import { RateCap } from './adapters/ssh/stream/rate-cap.ts';
import { reportLostRecords } from './app/record/lost-records.ts';
import { Retelling } from './app/record/retelling.ts';
import { doJob, type JobPorts } from './app/worker/do-job.ts';
import { sendHeartbeats } from './app/worker/heartbeat.ts';
import { WorkerTrouble } from './app/worker/worker-trouble.ts';
import { redisAddress } from './config/redis-config.ts';
import type { WorkerConfig } from './config/worker-config.ts';
import { REGISTRY_PORT } from './domain/cluster/registry.ts';
import { systemClock as clock } from './runtime/clock.ts';
import { countedCopier } from './runtime/copy-metrics.ts';
import { serveHealth } from './runtime/health.ts';
import type { Log } from './runtime/log.ts';
import type { Process } from './runtime/run-process.ts';
import { workerJournal } from './runtime/worker-journal.ts';
import { workerProofs } from './runtime/worker-proofs.ts';

/** Builds the worker from its configuration and starts it; it takes jobs until it is stopped. */
export async function startWorker(config: WorkerConfig, log: Log): Promise<Process> {
  const { cluster, stateFolder, root } = config;
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const proofs = await workerProofs(config);
  const journal = await workerJournal(config, proofs, log);
  const onError = (error: Error) => log.warn({ err: error, next: redisMend(error) }, 'Redis connection error');
  const redis = connectRedis({
    ...redisAddress(config.redis, config.redisPassword),
    onError,
    onReady: () => retelling.wake(),
    name: `registry-ha-worker-${cluster}`,
  });
  const changes = redisChanges({ redis, cluster, clock, proof: proofs.entries });
  const retelling = new Retelling({
    clock,
    report: () => reportLostRecords({ journal, changes, clock, onForgotten }),
    onError: (error) => log.warn({ err: error }, 'What Redis has lost could not be told again yet'),
  });
  const onForgotten = (change: string) =>
    log.error({ change }, 'The record of a change is gone from Redis; it is told again from the journal, as failed');
  const knownHostsPath = join(stateFolder, 'known_hosts');
  const shell = sshShell({
    knownHostsPath,
    root,
    log: (says, fields) => log.debug(fields, says),
  });
  const kube = kubernetes({ kubeconfigPath: join(root, config.kubeconfig) });
  const bootstrap = bootstrapNode({
    root,
    bootstrapFile: config.bootstrapFile,
    solutionsFile: config.solutionsFile,
    digestCachePath: join(stateFolder, 'digests.json'),
    log: (says, fields) => log.warn(fields, says),
  });
  const digests = await openTargetDigests({
    path: join(stateFolder, 'target-digests.json'),
    log: (says, fields) => log.warn(fields, says),
  });
  const copier = sshCopier({
    shell,
    bootstrap,
    clock,
    digests,
    openSsh: new OpenSsh({ knownHostsPath, root }),
    ...(config.copy.maxRate === undefined ? {} : { rateCap: new RateCap(config.copy.maxRate, clock) }),
    atATime: config.copy.atATime,
    strict: config.copy.strict,
  });
  const metrics = new Registry();
  const ports: JobPorts = {
    cluster,
    clock,
    journal,
    shell,
    bootstrap,
    kubernetes: kube,
    changes,
    cards: redisCards({ redis, clusters: [cluster], clock }),
    checker: proofs.approvals,
    salt: salt({ shell, master: kube, clock }),
    targets: targetNodes({ shell, digests }),
    copier: countedCopier(copier, clock, metrics),
    registries: registries({ port: REGISTRY_PORT }),
    planLivesMs: config.plan.livesMinutes * 60_000,
    onProgressLost: (error) => log.debug({ err: error }, 'A word of progress could not be told'),
    onRecordLost: () => retelling.wake(),
    onUnexpectedError: (error, job) =>
      log.error({ err: error, ...job }, 'A job ended with an error that nobody foresaw'),
  };
  const trouble = new WorkerTrouble({
    clock,
    look: () => journal.trouble(),
    onTrouble: (says) =>
      says === null ? log.info({}, 'The worker can work again') : log.error({ says }, 'The worker cannot work'),
  });
  const worker = queueWorker({
    redis,
    cluster,
    log,
    work: async (job, signal, fence) => {
      await trouble.over(signal);
      const fenced = redisChanges({ redis, cluster, clock, fence, proof: proofs.entries });
      await retelling.job(() => doJob(job, { ...ports, changes: fenced }, signal));
    },
    idPath: join(stateFolder, 'queue-worker.id'),
  });
  const health = await serveHealth(
    config.health,
    () => trouble.says ?? (worker.alive() ? null : 'The queue in Redis is not read.'),
    metrics,
  );
  const end = new AbortController();
  const telling = sendHeartbeats(
    {
      life: redisWorkerLife({ redis, cluster }),
      clock,
      trouble: () => trouble.look(),
      onLost: (error) => log.debug({ err: error }, 'The worker could not say that it is there'),
    },
    end.signal,
  );
  const told = retelling.run(end.signal);
  worker.start();
  log.info({ cluster }, 'The worker takes changes');
  return {
    async stop() {
      end.abort();
      await worker.close();
      await Promise.all([shell.close(), kube.close(), health.close()]);
      await closeRedis(redis);
      await Promise.all([telling, told]);
      await journal.close();
    },
  };
}
