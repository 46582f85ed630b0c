import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ChangeId } from '../../../domain/change/change.ts';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { ChangeQueue } from '../../../ports/queue.ts';
import { ask } from '../server/failures.ts';
import { clusterPrefix } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { changeNamed, jobOptions, LONGEST_JOB_ID, QUEUE, stateKeys } from './queue-jobs.ts';
import { AHEAD } from './queue-scripts.ts';

/** Options of the bot's side of a cluster's queue. */
export interface ChangeQueueOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** Called for connection errors, in addition to the connection's own listener. */
  readonly onError?: (error: Error) => void;
}

/** The bot's side of a cluster's queue. It uses the given connection and does not close it. */
export function changeQueue(options: ChangeQueueOptions): ChangeQueue & { close(): Promise<void> } {
  return new BullQueue(options);
}

class BullQueue implements ChangeQueue {
  readonly #cluster: string;
  readonly #options: ChangeQueueOptions;
  #opened: Queue | undefined;
  #limited = false;

  constructor(options: ChangeQueueOptions) {
    this.#options = options;
    this.#cluster = options.cluster;
  }

  /** Opened on first use: BullMQ's objects of 1,000 clusters would take 100 MB. */
  get #queue(): Queue {
    if (this.#opened !== undefined) return this.#opened;
    const { redis, cluster, onError } = this.#options;
    const queue = new Queue(QUEUE, { connection: redis, prefix: clusterPrefix(cluster) });
    queue.on('error', onError ?? ignored);
    this.#opened = queue;
    return queue;
  }

  async add(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void> {
    if (!isChangeId(id, this.#cluster)) throw new TypeError(`“${id}” is not a change of cluster ${this.#cluster}.`);
    if (!Number.isSafeInteger(attempt) || attempt < 0) throw new TypeError(`${attempt} is not an attempt number.`);
    if (!this.#limited) await ask(this.#queue.setGlobalConcurrency(1));
    this.#limited = true;
    await ask(this.#queue.add(kind, { kind, id }, jobOptions({ kind, id }, attempt)));
  }

  async ensure(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void> {
    const { jobId } = jobOptions({ kind, id }, attempt);
    // An ended job keeps its ID, so adding it again would do nothing. A worker checks the record before it works.
    // The job itself is not read, because its size is unknown.
    if (ENDED.has(await ask(this.#queue.getJobState(jobId)))) await ask(this.#queue.remove(jobId));
    await this.add(kind, id, attempt);
  }

  async withdraw(kind: 'plan' | 'apply', id: ChangeId, attempt: number): Promise<void> {
    // BullMQ does not remove a job that a worker has locked.
    await ask(this.#queue.remove(jobOptions({ kind, id }, attempt).jobId));
  }

  async ahead(id: ChangeId): Promise<readonly ChangeId[]> {
    const { redis } = this.#options;
    // In processing order: handed-over and stalled jobs precede prioritized jobs; delayed jobs come last. Not by BullMQ, which would
    // transfer IDs of any length.
    const answer = await runScript(redis, AHEAD, stateKeys(this.#cluster), MOST_AHEAD, LONGEST_JOB_ID);
    const changes = idsSchema
      .parse(answer)
      .map(changeNamed)
      .filter((one) => one !== null);
    const mine = changes.indexOf(id);
    return mine < 0 ? [] : [...new Set(changes.slice(0, mine))];
  }

  async close(): Promise<void> {
    await this.#opened?.close();
  }
}

/** Jobs of each state that are listed; a card names only a few. */
const MOST_AHEAD = 1_000;
const idsSchema = z.array(z.string());

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'unknown']);

/** BullMQ repeats on its queue what the shared connection reports to its own listeners. */
const ignored = (): void => undefined;
