import { setTimeout as pause } from 'node:timers/promises';
import { type Job, type JobJson, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Fence, takeFence } from '../lease/fence.ts';
import { LockWatch } from '../lease/lock-watch.ts';
import { handOverFromPredecessor, noteWorker } from '../lease/predecessor.ts';
import { shortenAfterSetBack } from '../lease/set-back.ts';
import { closeRedis, cutRedis, patientTwin } from '../server/connection.ts';
import { redisFailed } from '../server/failures.ts';
import { clusterPrefix } from '../server/keys.ts';
import { isOfRedis } from '../server/recover.ts';
import { type ChangeJob, changeJobFrom, LOCK_MS, MOST_DATA, QUEUE, STALLED_CHECK_MS } from './queue-jobs.ts';
import { dropLargeJobs, dropUnreadableJobs } from './unreadable-jobs.ts';

/** The log of the queue; pino fits. */
export interface QueueLog {
  info(details: object, says: string): void;
  error(details: object, says: string): void;
}

/** Options of the worker's side of a cluster's queue. */
export interface QueueWorkerOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Does the job, writing with the fence; must stop within a second of the signal. A thrown error leads to a later attempt. */
  readonly work: (job: ChangeJob, signal: AbortSignal, fence: Fence) => Promise<void>;
  readonly log: QueueLog;
  /** File for the worker's ID, to resume a killed worker's job at once; without it BullMQ waits until the lock expires. */
  readonly idPath?: string;
  /** How long `close` waits for the handover of a running job, in milliseconds; default 1,200. */
  readonly handOverMs?: number;
}

/** The worker's side of a cluster's queue. */
export interface QueueWorker {
  start(): void;
  /** Hands over a running job and ends within two seconds. */
  close(): Promise<void>;
  /** Whether it takes jobs: Redis is reachable, and the running job's lock is held. */
  readonly alive: () => boolean;
}

const HAND_OVER_MS = 1_200;
const DISCONNECT_MS = 300;
const MOST_BETWEEN_ATTEMPTS_MS = 60_000;
const RUN_AGAIN_MS = 1_000;

class HandedOver extends Error {
  override readonly name = 'HandedOver';
}

/**
 * BullMQ transfers a job as a whole when it takes it, and parses its options, so a job of any size costs its memory once. The data of one
 * that no bot wrote are not parsed; the job then fails for good, and Redis drops it.
 */
class BoundedWorker extends Worker {
  protected override createJob(job: JobJson, jobId: string): Job {
    const isOurs = job.data.length <= MOST_DATA;
    return super.createJob(isOurs ? job : { ...job, data: '{}', opts: { ...job.opts, removeOnFail: true } }, jobId);
  }
}

/** Takes a cluster's jobs one at a time, over all workers of the cluster. */
export function queueWorker(options: QueueWorkerOptions): QueueWorker {
  return new BullWorker(options);
}

class BullWorker implements QueueWorker {
  readonly #options: QueueWorkerOptions;
  readonly #connection: Redis;
  readonly #worker: Worker;
  readonly #lock = new LockWatch(LOCK_MS);
  readonly #closing = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(options: QueueWorkerOptions) {
    this.#options = options;
    const { redis, cluster, log } = options;
    this.#connection = patientTwin(redis, this.#onError);
    this.#worker = new BoundedWorker(QUEUE, (job, token, signal) => this.#take(job, token ?? '', signal), {
      connection: this.#connection,
      prefix: clusterPrefix(cluster),
      autorun: false,
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: 50,
      runRetryDelay: 1_000,
      settings: { backoffStrategy: beforeNextAttempt },
    });
    this.#worker.on('error', this.#onError);
    this.#worker.on('locksRenewed', ({ jobIds }) => this.#lock.renewed(jobIds));
    this.#worker.on('lockRenewalFailed', (jobIds) => this.#lock.lost(jobIds));
    this.#worker.on('failed', (job, error) => {
      if (error instanceof HandedOver) log.info({ job: job?.id }, 'Running job handed over');
      else log.error({ job: job?.id, error: error.message }, 'Job failed');
    });
  }

  start(): void {
    void this.#runOn();
    void this.#shortenLocks();
  }

  readonly alive = (): boolean =>
    this.#worker.isRunning() &&
    !this.#closing.signal.aborted &&
    this.#connection.status === 'ready' &&
    this.#lock.inHand();

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { log, handOverMs = HAND_OVER_MS } = this.#options;
    const reason = 'The worker stops; another worker takes over.';
    this.#closing.abort(new HandedOver(reason));
    this.#worker.cancelAllJobs(reason);
    const closed = this.#worker.close().then(() => true);
    if (await Promise.race([closed, pause(handOverMs, false)])) return await closeRedis(this.#connection);
    log.error({}, 'Running job could not be handed over; another worker takes it when its lock expires');
    // Without connections the job's lock is no longer renewed.
    const disconnected = this.#worker
      .disconnect()
      .catch((error) => log.error({ error: String(error) }, 'BullMQ could not disconnect'));
    await Promise.race([disconnected, pause(DISCONNECT_MS)]);
    cutRedis(this.#connection);
  }

  readonly #onError = (error: Error): void => {
    this.#options.log.error({ err: inOurWords(error) }, 'Queue error');
    // BullMQ could not parse a job, so someone else wrote it.
    if (error instanceof SyntaxError) this.#dropUnreadable().catch(this.#onError);
  };

  async #dropUnreadable(drop = dropUnreadableJobs): Promise<void> {
    const { redis, cluster, log } = this.#options;
    const jobs = await drop(redis, cluster);
    if (jobs.length > 0) log.error({ jobs }, 'Jobs that no bot can have written removed; find out who writes to Redis');
  }

  /** Restarts reading after any error, because no other process reads this queue. */
  async #runOn(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#run();
      } catch (error) {
        this.#options.log.error({ err: inOurWords(error) }, 'Queue cannot be read; retrying');
        await pause(RUN_AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /** Regularly, because Redis does not tell when its clock is set. */
  async #shortenLocks(): Promise<void> {
    const { redis, log } = this.#options;
    const times = { lockMs: LOCK_MS, checkMs: STALLED_CHECK_MS };
    const pauseUntilNext = () => pause(LOCK_MS / 2, true, { signal: this.#closing.signal }).catch(() => false);
    while (await pauseUntilNext()) {
      if (redis.status !== 'ready') continue;
      const shortened = await shortenAfterSetBack(this.#worker, redis, times).catch(this.#onError);
      if (shortened === true)
        log.info({}, 'Redis’ clock was set back; locks that would have lasted too long are shortened');
    }
  }

  async #run(): Promise<void> {
    const { cluster, log } = this.#options;
    log.info({ cluster }, 'Reading the queue');
    // A job whose size has killed this worker would kill it again.
    await this.#dropUnreadable(dropLargeJobs).catch(this.#onError);
    // The limit for all workers of the cluster is in Redis; it is set again in case Redis was emptied.
    const queue = new Queue(QUEUE, { connection: this.#connection, prefix: clusterPrefix(cluster) });
    queue.on('error', this.#onError);
    try {
      await queue.setGlobalConcurrency(1);
      // It only saves time: a full disk must not stop the queue.
      await this.#resumePredecessor(queue).catch((error) =>
        log.error(
          { error: String(error) },
          'Jobs of the previous worker could not be released; they resume when their locks expire',
        ),
      );
    } finally {
      await queue.close();
    }
    await this.#worker.run();
  }

  async #resumePredecessor(queue: Queue): Promise<void> {
    const { idPath, log } = this.#options;
    if (idPath === undefined) return;
    const jobs = await handOverFromPredecessor(idPath, queue, this.#connection);
    if (jobs.length > 0) log.info({ jobs }, 'Resuming the jobs of the previous worker');
    await noteWorker(idPath, this.#worker.id);
  }

  async #take(job: Job, token: string, signal: AbortSignal | undefined): Promise<void> {
    const wanted = changeJobFrom(this.#options.cluster, job.id, job.data);
    if (wanted === null)
      throw new UnrecoverableError('This version does not support the job. A newer bot wrote it, or someone else did.');
    const lock = this.#lock.begin(job.id);
    const stop = AbortSignal.any([lock, this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      // Without a priority, a handed-over job is the next one taken, so no other job runs in between.
      if (wanted.kind === 'apply') await job.changePriority({ priority: 0 });
      const { redis, cluster } = this.#options;
      const fence = await takeFence(redis, cluster, `${this.#worker.toKey(job.id ?? '')}:lock`, token);
      stop.throwIfAborted();
      await this.#options.work(wanted, stop, fence);
      // Work that returned early because of the signal is not done. Finished work is safe to run again.
      stop.throwIfAborted();
    } catch (error) {
      throw this.#closing.signal.aborted ? this.#closing.signal.reason : error;
    } finally {
      this.#lock.end();
    }
  }
}

/** BullMQ passes on the errors of its connections. */
const inOurWords = (error: unknown): unknown => (isOfRedis(error) ? redisFailed(error) : error);

/** Milliseconds until the next attempt; a handed-over job is free at once. */
function beforeNextAttempt(attempts: number, _type?: string, error?: Error): number {
  if (error instanceof HandedOver) return 0;
  return Math.min(1_000 * 2 ** Math.min(attempts, 10), MOST_BETWEEN_ATTEMPTS_MS);
}
