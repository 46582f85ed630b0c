import type { BotFileConfig } from '../../config/bot-config.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import type { Policy } from '../../domain/policy/policy.ts';
import type { Groups } from '../../ports/policy.ts';
import type { ClusterProofs } from './proofs.ts';
import type { BotRecord, ClusterRecord } from './record.ts';

/** A cluster that the bot serves: its record, and what the configuration says of it. */
export interface ServedCluster extends ClusterRecord {
  readonly policy: Policy;
  readonly groups: Groups;
  /** Channels in which this cluster is the default. */
  readonly channels: readonly string[];
  /** Names of the keys whose signatures count as its worker's. */
  readonly trusts: string;
}

/** What a new configuration changed, as names of clusters. */
export interface ServedNews {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** Open changes of removed clusters; null if Redis could not say. */
  readonly left: readonly ChangeId[] | null;
}

/** The clusters that the bot serves now. Everybody looks here each time, so that a change counts from the next look on. */
export class ServedClusters {
  readonly #served: Map<string, ServedCluster>;
  readonly #record: Pick<BotRecord, 'open' | 'forget'>;
  readonly #groups: Groups;
  /** The last cluster of each channel, if it is served no more. */
  readonly #former = new Map<string, string>();

  /** `served`: what it keeps up to date, also for those who were built before it. */
  constructor(served: Map<string, ServedCluster>, record: Pick<BotRecord, 'open' | 'forget'>, groups: Groups) {
    this.#served = served;
    this.#record = record;
    this.#groups = groups;
  }

  get clusters(): ReadonlyMap<string, ServedCluster> {
    return this.#served;
  }

  /** The removed cluster that this channel was for; its commands must not mean another one. */
  formerOf = (channel: string): string | null => this.#former.get(channel) ?? null;

  /**
   * Serves these clusters from now on. A cluster of which nothing but its policy or channels changed keeps its record and queue. Throws,
   * and changes nothing, if the record of a new one cannot be read: most often, the Redis user does not have its keys yet.
   */
  async serve(
    { clusters, policies }: Pick<BotFileConfig, 'clusters' | 'policies'>,
    proofs: ReadonlyMap<string, ClusterProofs>,
    isFirst = false,
  ): Promise<ServedNews> {
    const wanted = new Map<string, ServedCluster>();
    const opened: ClusterRecord[] = [];
    try {
      for (const { name, channels } of clusters) {
        const [policy, proof] = [policies.get(name), proofs.get(name)];
        if (policy === undefined || proof === undefined) throw new Error(`${name} has no policy or no keys.`);
        const before = this.#served.get(name);
        const isSame = before?.trusts === proof.trusts;
        const record = isSame ? before : this.#record.open(name, proof);
        if (!isSame) opened.push(record);
        if (before === undefined && !isFirst) await record.changes.open();
        wanted.set(name, { ...record, policy, channels, groups: this.#groups, trusts: proof.trusts });
      }
    } catch (error) {
      await Promise.all(opened.map(({ queue }) => queue.close()));
      throw error;
    }
    return await this.#replaceBy(wanted);
  }

  /** In one step up to the first `await`: nobody sees half of it. */
  async #replaceBy(wanted: ReadonlyMap<string, ServedCluster>): Promise<ServedNews> {
    const before = new Map(this.#served);
    const removed = [...before.keys()].filter((name) => !wanted.has(name));
    for (const name of removed) {
      this.#served.delete(name);
      for (const channel of before.get(name)?.channels ?? []) this.#former.set(channel, name);
    }
    for (const [name, cluster] of wanted) {
      this.#served.set(name, cluster);
      if (before.has(name) && before.get(name)?.trusts !== cluster.trusts) this.#record.forget(name);
      for (const channel of cluster.channels) this.#former.delete(channel);
    }
    const isReplaced = ([name, { queue }]: readonly [string, ServedCluster]) => wanted.get(name)?.queue !== queue;
    await Promise.all([...before].filter(isReplaced).map(([, { queue }]) => queue.close()));
    const gone = removed.flatMap((name) => before.get(name) ?? []);
    const left = await Promise.all(gone.map(({ changes }) => changes.open())).catch(() => null);
    const common = [...wanted.keys()].filter((name) => before.has(name));
    return {
      added: [...wanted.keys()].filter((name) => !before.has(name)),
      removed,
      changed: common.filter((name) => saidOf(before.get(name)) !== saidOf(wanted.get(name))),
      left: left?.flat() ?? null,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#served.values()].map(({ queue }) => queue.close()));
  }
}

const saidOf = (cluster: ServedCluster | undefined): string =>
  JSON.stringify([cluster?.policy, cluster?.channels, cluster?.trusts]);
