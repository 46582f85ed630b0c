import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type PlainFailure, recordFull } from '../../../domain/answers/failure.ts';
import type { ChangeEvent, ChangeId, Progress } from '../../../domain/change/change.ts';
import { clusterOf, isChangeId } from '../../../domain/change/change-id.ts';
import { effectOf } from '../../../domain/change/effect.ts';
import { changeFrom } from '../../../domain/change/fold.ts';
import type { EntryProof, JournalMark } from '../../../domain/change/record-entry.ts';
import type { Changes, StoredChange } from '../../../ports/record.ts';
import type { Fence } from '../lease/fence.ts';
import { ask, fenced, recordFault } from '../server/failures.ts';
import { type ChangeKeys, changeKeys, clusterKeys } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { APPEND, OPEN, PROGRESS, READ, RECENT, REDRAW } from './changes-scripts.ts';
import { type EntryCache, RecordReader } from './record-reader.ts';
import { entryText, progressFrom, progressText, STORED_ENTRY_BYTES } from './record-text.ts';

/** Options of the record of one cluster's changes. */
export interface ChangesOptions {
  readonly redis: Redis;
  readonly cluster: string;
  /** A worker's fence: its entries are refused after another worker has taken a later fence. A bot has none. */
  readonly fence?: Fence;
  /** Signs what is appended and checks what is read. */
  readonly proof: EntryProof;
  /** Entries that are already checked; shared, so that its limit holds for the whole process. */
  readonly cache?: EntryCache;
}

/** Ten nodes with five archives make about 300 entries a run; retries and interruptions come on top. */
const MOST_ENTRIES = 4_096;
const MOST_BYTES = 8 * 1024 * 1024;
/** A note has at most a few hundred characters. */
const PROGRESS_BYTES = 4096;
const KEPT_AFTER_END_MS = 90 * 24 * 3_600_000;

const answerSchema = z.literal([1, 0, -1, -2]);
const readSchema = z.tuple([z.int(), z.array(z.string()), z.string(), z.array(z.string())]);
const idsSchema = z.array(z.string());

/** The record of a cluster's changes in Redis. Each append is atomic, and announced. */
export function redisChanges(options: ChangesOptions): Changes {
  return new RedisChanges(options);
}

class RedisChanges implements Changes {
  readonly #redis: Redis;
  readonly #cluster: string;
  readonly #fence: Fence | undefined;
  readonly #proof: EntryProof;
  readonly #reader: RecordReader;

  constructor({ redis, cluster, fence, proof, cache }: ChangesOptions) {
    this.#redis = redis;
    this.#cluster = cluster;
    this.#fence = fence;
    this.#proof = proof;
    this.#reader = new RecordReader(proof, cache);
  }

  async append(id: ChangeId, version: number, event: ChangeEvent, mark?: JournalMark): Promise<boolean> {
    const { record, state, card, replies } = this.#keysOf(id);
    const { open, behind, announced, fence, recent } = clusterKeys(this.#cluster);
    refuseFalseStart(id, version, event);
    const keys = [record, state, card, replies, open, behind, fence, recent];
    const entry = { change: id, position: version + 1, event, ...(mark === undefined ? {} : { mark }) };
    const limits = [KEPT_AFTER_END_MS, MOST_ENTRIES, MOST_BYTES, stepOf(event), this.#fence ?? '', announced];
    const words = [id, version, entryText(entry, this.#proof), randomUUID(), effectOf(event), ...limits];
    const answer = answerSchema.parse(await runScript(this.#redis, APPEND, keys, ...words));
    if (answer === -1) throw full(id);
    if (answer === -2) throw fenced(this.#cluster);
    return answer === 1;
  }

  async get(id: ChangeId): Promise<StoredChange | null> {
    const keys = this.#keysOf(id);
    const limits = [MOST_ENTRIES + 16, STORED_ENTRY_BYTES, MOST_BYTES + 1024 * 1024, PROGRESS_BYTES];
    const answer = await runScript(this.#redis, READ, [keys.record, keys.state], ...limits);
    const [version, texts, revision, progress] = readSchema.parse(answer);
    if (version === 0) return null;
    const read = this.#reader.read(id, texts);
    const change = changeFrom(read.events);
    if (change?.id !== id) throw recordFault(id, 'The record in Redis does not start with the request.', REQUEST_AGAIN);
    return {
      ...read,
      change,
      version,
      revision: /^\d+$/.test(revision) ? Number(revision) : version,
      progress: progress.flatMap((text) => progressFrom(id, text, this.#proof) ?? []),
    };
  }

  async progress(id: ChangeId, progress: Progress): Promise<void> {
    const { record, state } = this.#keysOf(id);
    const { open, behind, announced, fence } = clusterKeys(this.#cluster);
    const keys = [record, state, open, behind, fence];
    const words = [id, progressText(id, progress, this.#proof), progress.step, this.#fence ?? '', announced];
    await runScript(this.#redis, PROGRESS, keys, ...words);
  }

  async stillOurs(): Promise<void> {
    if (this.#fence === undefined) return;
    const latest = await ask(this.#redis.get(clusterKeys(this.#cluster).fence));
    if (latest !== String(this.#fence)) throw fenced(this.#cluster);
  }

  async open(): Promise<readonly ChangeId[]> {
    const answer = idsSchema.parse(await runScript(this.#redis, OPEN, [clusterKeys(this.#cluster).open]));
    return answer.filter((id) => isChangeId(id, this.#cluster)).toSorted();
  }

  async recent(most: number): Promise<readonly ChangeId[]> {
    const answer = idsSchema.parse(await runScript(this.#redis, RECENT, [clusterKeys(this.#cluster).recent], most));
    return answer.filter((id) => isChangeId(id, this.#cluster));
  }

  async redraw(id: ChangeId): Promise<void> {
    const { state } = this.#keysOf(id);
    const { open, behind, announced } = clusterKeys(this.#cluster);
    await runScript(this.#redis, REDRAW, [state, open, behind], id, announced);
  }

  #keysOf(id: ChangeId): ChangeKeys {
    if (clusterOf(id) !== this.#cluster) throw new TypeError(`“${id}” is not a change of cluster ${this.#cluster}.`);
    return changeKeys(id);
  }
}

const stepOf = (event: ChangeEvent): string => ('step' in event ? event.step : '');

const REQUEST_AGAIN = 'Request the change again. If it recurs, find out who else writes to Redis.';

function full(id: ChangeId): PlainFailure {
  return recordFull(
    id,
    `Its record is full (${MOST_ENTRIES} entries or ${MOST_BYTES / 1024 / 1024} MiB).`,
    'Request a new change. Completed steps are not repeated.',
  );
}

function refuseFalseStart(id: ChangeId, version: number, event: ChangeEvent): void {
  const begins = event.type === 'requested';
  if (begins !== (version === 0) || (begins && event.id !== id)) {
    throw recordFault(
      id,
      'A record must start with the request of its change, and have no other request.',
      REQUEST_AGAIN,
    );
  }
}
