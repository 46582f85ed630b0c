import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { workerEntryProof } from '../../src/adapters/keys/entries.ts';
import { publicHalf } from '../../src/adapters/keys/pair.ts';
import type { SigningKey } from '../../src/adapters/keys/signature.ts';
import { proofOf } from '../../src/adapters/keys/statements.ts';
import { redisChanges } from '../../src/adapters/redis/record/changes.ts';
import { clusterKeys } from '../../src/adapters/redis/server/keys.ts';
import { signedText } from '../../src/adapters/redis/server/signed-text.ts';
import type { Changes } from '../../src/ports/record.ts';
import { systemClock as clock } from '../../src/runtime/clock.ts';

/** Well below the 15 s after which a worker counts as silent. */
const BEAT_EVERY_MS = 6_000;
const AT_ONCE = 100;

/** The nodes of each cluster, beside its bootstrap node. */
export const NODES: readonly string[] = Array.from({ length: 20 }, (_, at) => `node-${at + 1}`);

/** The workers of a fleet, as far as Redis shows them: heartbeats, a status, and records. */
export class Workers {
  readonly #redis: Redis;
  readonly #keys: ReadonlyMap<string, SigningKey>;
  readonly #end = new AbortController();
  #beating: Promise<void> = Promise.resolve();
  /** Commands that they have sent to Redis. */
  sent = 0;

  /** Reads the keys that the sandbox has made for them. */
  static async of(names: readonly string[], folder: string, redis: Redis): Promise<Workers> {
    const each = names.map(async (name) => [name, await keyAt(join(folder, `worker-${name}.key`))] as const);
    return new Workers(redis, new Map(await Promise.all(each)));
  }

  constructor(redis: Redis, keys: ReadonlyMap<string, SigningKey>) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Stores a status of each cluster and its first heartbeat, then beats until the end. */
  async start(): Promise<void> {
    await this.#eachSets(({ cluster, key, at }) => {
      const proof = proofOf('status', key, []);
      return [
        'set',
        clusterKeys(cluster).status,
        signedText({ at, answers: 0, status: statusOf(cluster) }, { cluster }, proof),
      ];
    });
    await this.#beat();
    this.#beating = this.#beatOn();
  }

  async end(): Promise<void> {
    this.#end.abort();
    await this.#beating;
  }

  /** A cluster's record, as its worker writes it. */
  async recordOf(cluster: string, folder: string): Promise<Changes> {
    const own = this.#keys.get(cluster);
    if (own === undefined) throw new TypeError(`The fleet has no cluster ${cluster}.`);
    const bots = [publicHalf((await keyAt(join(folder, 'approval.key'))).privateKeyPem)];
    const workers = [publicHalf(own.privateKeyPem)];
    return redisChanges({ redis: this.#redis, cluster, proof: workerEntryProof({ own, bots, workers }) });
  }

  async #beatOn(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      await pause(BEAT_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#beat();
    }
  }

  #beat(): Promise<void> {
    return this.#eachSets(({ cluster, key, at }) => {
      const who = { id: `start-of-${cluster}`, name: `bootstrap.${cluster} (4711)` };
      const nodes = { names: ['bootstrap', ...NODES], bootstrap: ['bootstrap'], ageMs: 1_000 };
      const says = { at, ahead: 0, trouble: null, nodes, who, about: { version: '1.0.0', trusts: ['0123456789ab'] } };
      const proof = proofOf('heartbeat', key, []);
      return ['hset', clusterKeys(cluster).worker, 'beat', signedText(says, { cluster }, proof)];
    });
  }

  /** One command for each cluster, with pauses, as if the workers had their own computers. */
  async #eachSets(command: (of: { cluster: string; key: SigningKey; at: number }) => string[]): Promise<void> {
    const all = [...this.#keys];
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const at = clock.now().getTime();
      const chunk = all.slice(from, from + AT_ONCE).map(([cluster, key]) => command({ cluster, key, at }));
      await this.#redis.pipeline(chunk).exec();
      this.sent += chunk.length;
      await pause(BEAT_EVERY_MS / 4 / Math.ceil(all.length / AT_ONCE));
    }
  }
}

/** A small cluster in which all is well. */
function statusOf(cluster: string): object {
  const archives = [{ id: 'metalk8s-128.0.1', images: 60 }];
  const registries = ['bootstrap', 'node-1', 'node-2'].map((node) => {
    return { node, isBootstrap: node === 'bootstrap', version: '128.0.1', served: [60], stale: [], unknown: [] };
  });
  const engines = { all: 4, right: 4, unread: [], moreUnread: 0 };
  const at = clock.now().toISOString();
  return { cluster, at, version: '128.0.1', archives, registries, engines, gaps: [], unknown: [], troubles: [] };
}

async function keyAt(path: string): Promise<SigningKey> {
  const privateKeyPem = await readFile(path, 'utf8');
  return { privateKeyPem, name: publicHalf(privateKeyPem).name };
}
