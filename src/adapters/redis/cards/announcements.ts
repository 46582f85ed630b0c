import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { isFailure } from '../../../domain/answers/failure.ts';
import type { ChangeId } from '../../../domain/change/change.ts';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { Announcements } from '../../../ports/record.ts';
import { closeRedis, cutRedis, patientTwin } from '../server/connection.ts';
import { ask, redisFailed } from '../server/failures.ts';
import { clusterKeys, REPLICAS } from '../server/keys.ts';
import { entriesClaimed, entriesRead, type StreamEntry } from '../server/stream-replies.ts';
import { type Announcement, Deliveries } from './deliveries.ts';

/** What listening to some clusters' announcements needs. */
export interface AnnouncementsOptions {
  readonly redis: Redis;
  readonly clusters: readonly string[];
  /** This replica's name among the replicas; no two may share one. */
  readonly replica: string;
  readonly onError: (error: unknown) => void;
  /** Milliseconds after which what another replica has not acknowledged is taken over; 10,000 when not given. */
  readonly takeOverMs?: number;
}

const READ_MS = 2_000;
const BATCH = 100;
const REST_MS = 250;
const LAST_CALLS_MS = 5_000;

/** Announcements of all clusters by one blocking read, shared among replicas by a consumer group. */
export function redisAnnouncements(options: AnnouncementsOptions): Announcements {
  return { listen: (onChanged, signal) => new Listener(options, onChanged, signal).listen() };
}

class Listener {
  readonly #options: AnnouncementsOptions;
  readonly #signal: AbortSignal;
  readonly #streams: ReadonlyMap<string, string>;
  readonly #deliveries: Deliveries;
  readonly #ended: Promise<void>;
  #tookOver = Number.NEGATIVE_INFINITY;

  constructor(options: AnnouncementsOptions, onChanged: (id: ChangeId) => Promise<void>, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#ended = aborted(signal);
    this.#streams = new Map(options.clusters.map((cluster) => [clusterKeys(cluster).announced, cluster]));
    const acknowledge = (announcements: readonly Announcement[]) => this.#acknowledge(announcements);
    this.#deliveries = new Deliveries({ deliver: onChanged, acknowledge, onError: options.onError }, signal);
  }

  async listen(): Promise<void> {
    if (this.#signal.aborted) return;
    if (this.#streams.size === 0) return await this.#ended;
    const reader = patientTwin(this.#options.redis, this.#options.onError);
    const cut = () => cutRedis(reader);
    this.#signal.addEventListener('abort', cut, { once: true });
    try {
      await this.#readOn(reader);
      await Promise.race([this.#deliveries.settled(), pause(LAST_CALLS_MS, undefined, { ref: false })]);
    } finally {
      this.#signal.removeEventListener('abort', cut);
      await closeRedis(reader);
    }
  }

  async #readOn(reader: Redis): Promise<void> {
    let joined = false;
    while (!this.#signal.aborted) {
      try {
        if (!joined) await this.#join();
        joined = true;
        await this.#readOnce(reader);
      } catch (error) {
        // A flush takes the groups away (NOGROUP); whatever it was, joining again is harmless.
        joined = false;
        if (!this.#signal.aborted) await this.#rest(error);
      }
    }
  }

  /** Creates the groups where there are none, from each stream's beginning: what was announced to nobody is told now. */
  async #join(): Promise<void> {
    const create = (stream: string) => this.#options.redis.xgroup('CREATE', stream, REPLICAS, '0', 'MKSTREAM');
    await Promise.all(
      [...this.#streams.keys()].map((stream) =>
        create(stream).catch((error: Error) => {
          if (!error.message.startsWith('BUSYGROUP')) throw redisFailed(error);
        }),
      ),
    );
  }

  async #readOnce(reader: Redis): Promise<void> {
    await this.#takeOver();
    await this.#deliveries.room();
    const streams = [...this.#streams.keys()];
    const wanted = ['BLOCK', this.#readMs(), 'STREAMS', ...streams, ...streams.map(() => '>')];
    const reply = reader.call('XREADGROUP', 'GROUP', REPLICAS, this.#options.replica, 'COUNT', BATCH, ...wanted);
    await this.#take(entriesRead(await ask(reply)));
  }

  /** Claims what was given to a replica, this one included, and has not been acknowledged for too long. */
  async #takeOver(): Promise<void> {
    if (performance.now() - this.#tookOver < this.#readMs()) return;
    this.#tookOver = performance.now();
    const { redis, replica } = this.#options;
    const claim = async (stream: string): Promise<readonly StreamEntry[]> => {
      const words = [stream, REPLICAS, replica, this.#takeOverMs(), '0-0', 'COUNT', BATCH];
      return entriesClaimed(stream, await ask(redis.call('XAUTOCLAIM', ...words)));
    };
    await this.#take((await Promise.all([...this.#streams.keys()].map(claim))).flat());
  }

  async #take(entries: readonly StreamEntry[]): Promise<void> {
    const announcements = entries.map(({ stream, entry, id }) => ({ stream, entry, id: id ?? '' }));
    const known = Map.groupBy(announcements, (one) => isChangeId(one.id, this.#streams.get(one.stream)));
    this.#deliveries.take(known.get(true) ?? []);
    const unknown = known.get(false) ?? [];
    if (unknown.length === 0) return;
    this.#options.onError(new TypeError(`${unknown.length} announcements name no change of their cluster.`));
    await this.#acknowledge(unknown);
  }

  async #acknowledge(announcements: readonly Announcement[]): Promise<void> {
    const byStream = Map.groupBy(announcements, ({ stream }) => stream);
    const { redis } = this.#options;
    const entries = [...byStream].map(([stream, ones]) =>
      redis.xack(stream, REPLICAS, ...ones.map((one) => one.entry)),
    );
    await ask(Promise.all(entries));
  }

  async #rest(error: unknown): Promise<void> {
    const flushed = isFailure(error, 'redis') && /^(NOGROUP|UNBLOCKED)/.test(error.detail ?? '');
    if (!flushed) this.#options.onError(error);
    await Promise.race([pause(REST_MS), this.#ended]);
  }

  #takeOverMs(): number {
    return this.#options.takeOverMs ?? 10_000;
  }

  #readMs(): number {
    return Math.min(READ_MS, this.#takeOverMs());
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
