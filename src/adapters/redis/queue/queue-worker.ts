import { setTimeout as pause } from 'node:timers/promises';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Fence, takeFence } from '../lease/fence.ts';
import { LockWatch } from '../lease/lock-watch.ts';
import { handOverFromPredecessor, noteWorker } from '../lease/predecessor.ts';
import { closeRedis, cutRedis, patientTwin } from '../server/connection.ts';
import { clusterPrefix } from '../server/keys.ts';
import { type ChangeJob, changeJobFrom, LOCK_MS, QUEUE, STALLED_CHECK_MS } from './queue-jobs.ts';
import { dropUnreadableJobs } from './unreadable-jobs.ts';

/** Where the worker's side tells what happens; pino fits. */
export interface QueueLog {
  info(details: object, says: string): void;
  error(details: object, says: string): void;
}

/** What the worker's side of a cluster's queue needs. */
export interface QueueWorkerOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /**
   * Does the job. When the signal is aborted it must stop within a second: another worker goes on. A thrown error is a
   * later attempt, not the job's end. What it writes carries the fence.
   */
  readonly work: (job: ChangeJob, signal: AbortSignal, fence: Fence) => Promise<void>;
  readonly log: QueueLog;
  /**
   * Where this worker's id is kept, in a place that one worker at a time may use: what a killed predecessor held is gone on with at
   * once. Without it, BullMQ gives the job out when its lock has ended.
   */
  readonly idPath?: string;
  /** How long `close` waits for a running job to be handed over, in milliseconds; 1,200 when left out. */
  readonly handOverMs?: number;
}

/** The worker's side of a cluster's queue. */
export interface QueueWorker {
  start(): void;
  /** Hands a running job over and ends within two seconds. */
  close(): Promise<void>;
  /** Does it take jobs, with Redis reachable and the running job's lock in hand? */
  readonly alive: () => boolean;
}

const HAND_OVER_MS = 1_200;
const DISCONNECT_MS = 300;
const MOST_BETWEEN_ATTEMPTS_MS = 60_000;
const RUN_AGAIN_MS = 1_000;

class HandedOver extends Error {
  override readonly name = 'HandedOver';
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
    this.#worker = new Worker(QUEUE, (job, token, signal) => this.#take(job, token ?? '', signal), {
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
    // Without its connections the lock of the job is not renewed any more.
    const disconnected = this.#worker
      .disconnect()
      .catch((error) => log.error({ error: String(error) }, 'BullMQ could not disconnect'));
    await Promise.race([disconnected, pause(DISCONNECT_MS)]);
    cutRedis(this.#connection);
  }

  readonly #onError = (error: Error): void => {
    this.#options.log.error({ error: error.message }, 'Queue error');
    // What BullMQ could not parse is a job that somebody else wrote.
    if (error instanceof SyntaxError) this.#dropUnreadable().catch(this.#onError);
  };

  async #dropUnreadable(): Promise<void> {
    const { redis, cluster, log } = this.#options;
    const jobs = await dropUnreadableJobs(redis, cluster);
    if (jobs.length > 0) log.error({ jobs }, 'Jobs with invalid JSON removed; find out who writes to Redis');
  }

  /** Whatever ends the reading of the queue, it begins again: nobody else would read it. */
  async #runOn(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      try {
        return await this.#run();
      } catch (error) {
        this.#options.log.error({ error: String(error) }, 'Queue cannot be read; retrying');
        await pause(RUN_AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  async #run(): Promise<void> {
    const { cluster, log } = this.#options;
    log.info({ cluster }, 'Reading the queue');
    // The limit for all workers of the cluster stands in Redis; it is set again in case that Redis was emptied.
    const queue = new Queue(QUEUE, { connection: this.#connection, prefix: clusterPrefix(cluster) });
    queue.on('error', this.#onError);
    try {
      await queue.setGlobalConcurrency(1);
      // It saves time only: a full disk must not keep the queue from being read.
      await this.#goOnFromPredecessor(queue).catch((error) =>
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

  async #goOnFromPredecessor(queue: Queue): Promise<void> {
    const { idPath, log } = this.#options;
    if (idPath === undefined) return;
    const jobs = await handOverFromPredecessor(idPath, queue, this.#connection);
    if (jobs.length > 0) log.info({ jobs }, 'Resuming the jobs of the previous worker');
    await noteWorker(idPath, this.#worker.id);
  }

  async #take(job: Job, token: string, signal: AbortSignal | undefined): Promise<void> {
    const wanted = changeJobFrom(this.#options.cluster, job.id, job.data);
    if (wanted === null) throw new UnrecoverableError('The job is not supported by this version.');
    const lock = this.#lock.begin(job.id);
    const stop = AbortSignal.any([lock, this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      // Without a priority it is the first one taken, should it have to be handed over: nothing starts between its halves.
      if (wanted.kind === 'apply') await job.changePriority({ priority: 0 });
      const { redis, cluster } = this.#options;
      const fence = await takeFence(redis, cluster, `${this.#worker.toKey(job.id ?? '')}:lock`, token);
      stop.throwIfAborted();
      await this.#options.work(wanted, stop, fence);
      // Work that returned early because of the signal is not done; finished work that runs again finds everything so.
      stop.throwIfAborted();
    } catch (error) {
      throw this.#closing.signal.aborted ? this.#closing.signal.reason : error;
    } finally {
      this.#lock.end();
    }
  }
}

/** Milliseconds until a job is tried again; one that was handed over is free at once. */
function beforeNextAttempt(attempts: number, _type?: string, error?: Error): number {
  if (error instanceof HandedOver) return 0;
  return Math.min(1_000 * 2 ** Math.min(attempts, 10), MOST_BETWEEN_ATTEMPTS_MS);
}
