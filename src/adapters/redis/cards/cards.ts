import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ChangeId, MessageRef } from '../../../domain/change/change.ts';
import { clusterOf, isChangeId } from '../../../domain/change/change-id.ts';
import type { Proof } from '../../../domain/change/record-entry.ts';
import type { CardLease, Cards, Claim, StepList } from '../../../ports/cards.ts';
import type { Clock } from '../../../ports/clock.ts';
import { existing } from '../server/existing.ts';
import { ask } from '../server/failures.ts';
import { type ChangeKeys, changeKeys, clusterKeys, clusterPrefix } from '../server/keys.ts';
import { runScript } from '../server/script.ts';
import { saidIn, signedText } from '../server/signed-text.ts';
import { BEHIND, CLAIM, COMMIT, CONFIRM, HANG, KEEP_STEPS, LEASE, PLACE, RELEASE, RENEW } from './cards-scripts.ts';

/** Options of the cards of some clusters. */
export interface CardsOptions {
  readonly redis: Redis;
  /** They may change; each call looks. */
  readonly clusters: Iterable<string>;
  readonly clock: Clock;
  /** Signs a card's place as the bot that posted the card, so that no one can make a bot edit another message. */
  readonly proof: Proof;
  /** Called when a card's place in Redis is not signed by a bot. The card then counts as missing. */
  readonly onForged?: (id: ChangeId) => void;
  /** Called once for each card whose place a newer version wrote. */
  readonly onNewer?: (id: ChangeId) => void;
}

/** A crashed bot restarts within about two seconds; then the card it was drawing must soon be free. */
const LEASE_MS = 4_000;
const RENEW_EVERY_MS = 1_000;
const KEPT_WITHOUT_RECORD_MS = 90 * 24 * 3_600_000;

const CLAIMS: readonly Claim[] = ['busy', 'ours', 'posted'];
const claimSchema = z.int().transform((answer) => CLAIMS[answer] ?? 'busy');
const placeSchema = z.object({ channel: z.string(), ts: z.string() });
const stepsSchema = z.object({ place: placeSchema, card: z.string(), shows: z.string() });
const idsSchema = z.array(z.string());
const leaseSchema = z.tuple([z.int(), z.string()]);

/** What bot replicas share about cards, in Redis; `behind` reads one set per cluster, which is nearly empty. */
export function redisCards(options: CardsOptions): Cards {
  return new RedisCards(options);
}

class RedisCards implements Cards {
  readonly #options: CardsOptions;
  readonly #newer = new Set<ChangeId>();

  constructor(options: CardsOptions) {
    this.#options = options;
  }

  async place(id: ChangeId): Promise<MessageRef | 'newer' | null> {
    const text = z.string().parse(await this.#run(PLACE, [this.#keysOf(id).card], 'place'));
    if (text === '') return null;
    const place = saidIn(text, { change: id }, placeSchema, this.#options.proof);
    switch (place.is) {
      case 'said':
        return place.said;
      case 'newer':
        // The card is there: nobody posts it again, and the bot that knows what it shows edits it.
        if (!this.#newer.has(id)) this.#options.onNewer?.(id);
        this.#newer.add(id);
        return 'newer';
      case 'unsigned':
        this.#options.onForged?.(id);
        return null;
    }
  }

  async known(id: ChangeId): Promise<MessageRef | null> {
    const place = await this.place(id);
    return place === 'newer' ? null : place;
  }

  async hang(id: ChangeId, { channel, ts }: MessageRef): Promise<void> {
    const { card, state } = this.#keysOf(id);
    const { behind } = clusterKeys(clusterOf(id));
    const place = signedText({ channel, ts }, { change: id }, this.#options.proof);
    await this.#run(HANG, [card, state, behind], place, KEPT_WITHOUT_RECORD_MS, id);
  }

  async stepList(id: ChangeId): Promise<StepList | 'newer' | null> {
    const text = z.string().parse(await this.#run(PLACE, [this.#keysOf(id).card], 'steps'));
    if (text === '') return null;
    const list = saidIn(text, { stepsOf: id }, stepsSchema, this.#options.proof);
    if (list.is === 'said') return list.said;
    return list.is === 'newer' ? 'newer' : null;
  }

  async keepStepList(id: ChangeId, { place: { channel, ts }, card: below, shows }: StepList): Promise<void> {
    const { card, state } = this.#keysOf(id);
    const list = signedText({ place: { channel, ts }, card: below, shows }, { stepsOf: id }, this.#options.proof);
    await this.#run(KEEP_STEPS, [card, state], list, KEPT_WITHOUT_RECORD_MS);
  }

  async whileLeased(id: ChangeId, ms: number, draw: (lease: CardLease) => Promise<void>): Promise<boolean> {
    const { lease, card } = this.#keysOf(id);
    const token = randomUUID();
    const [drawn, aside] = leaseSchema.parse(await this.#run(LEASE, [lease, card], token, Math.min(ms, LEASE_MS)));
    if (drawn < 0) return false;
    const stop = this.#renewing(lease, token, ms);
    try {
      await draw({ drawn, aside, commit: (revision, shown) => this.#commit(id, token, revision, shown) });
    } finally {
      stop();
      await this.#run(RELEASE, [lease], token);
    }
    return true;
  }

  /** Renews a short lease up to `ms`, so that a crashed replica frees its card soon. */
  #renewing(lease: string, token: string, ms: number): () => void {
    const until = this.#options.clock.steadyMs() + ms;
    const timer = setInterval(() => {
      const left = until - this.#options.clock.steadyMs();
      // Without Redis the lease expires, and `commit` returns false. PEXPIRE accepts whole milliseconds only.
      if (left > 0)
        this.#run(RENEW, [lease], token, Math.ceil(Math.min(left, LEASE_MS))).catch(() => clearInterval(timer));
      else clearInterval(timer);
    }, RENEW_EVERY_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  async claimReply(id: ChangeId, name: string, ms: number): Promise<Claim> {
    const { replies, state } = this.#keysOf(id);
    return claimSchema.parse(await this.#run(CLAIM, [replies, state], name, randomUUID(), KEPT_WITHOUT_RECORD_MS, ms));
  }

  async confirmReply(id: ChangeId, name: string): Promise<void> {
    const { replies, state } = this.#keysOf(id);
    await this.#run(CONFIRM, [replies, state], name, KEPT_WITHOUT_RECORD_MS);
  }

  async releaseReply(id: ChangeId, name: string): Promise<void> {
    await ask(this.#options.redis.hdel(this.#keysOf(id).replies, name));
  }

  async behind(): Promise<readonly ChangeId[]> {
    const { redis } = this.#options;
    const clusters = [...this.#options.clusters];
    const found = await existing(
      redis,
      clusters.map((cluster) => clusterKeys(cluster).behind),
    );
    const some = clusters.filter((cluster) => found.has(clusterKeys(cluster).behind));
    return (await Promise.all(some.map((cluster) => this.#behindIn(cluster)))).flat();
  }

  async #behindIn(cluster: string): Promise<readonly ChangeId[]> {
    const answer = await this.#run(BEHIND, [clusterKeys(cluster).behind], clusterPrefix(cluster));
    return idsSchema
      .parse(answer)
      .filter((id) => isChangeId(id, cluster))
      .toSorted();
  }

  async #commit(id: ChangeId, token: string, revision: number, aside = ''): Promise<boolean> {
    const { lease, card, state } = this.#keysOf(id);
    const { behind } = clusterKeys(clusterOf(id));
    const keys = [lease, card, state, behind];
    return (await this.#run(COMMIT, keys, token, revision, id, KEPT_WITHOUT_RECORD_MS, aside)) === 1;
  }

  #run(lua: string, keys: readonly string[], ...words: readonly (string | number)[]): Promise<unknown> {
    return runScript(this.#options.redis, lua, keys, ...words);
  }

  #keysOf(id: ChangeId): ChangeKeys {
    if (![...this.#options.clusters].includes(clusterOf(id)))
      throw new TypeError(`“${id}” is not a change of a known cluster.`);
    return changeKeys(id);
  }
}
