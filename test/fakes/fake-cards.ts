import type { ChangeId, MessageRef } from '../../src/domain/change/change.ts';
import { clusterOf } from '../../src/domain/change/change-id.ts';
import type { CardLease, Cards, Claim, StepList } from '../../src/ports/cards.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { FakeChanges } from './fake-changes.ts';

interface Lease {
  readonly ends: number;
}

/** Cards in memory, beside the records whose revisions they show. */
export class FakeCards implements Cards {
  readonly #changes: readonly FakeChanges[];
  readonly #clock: Clock;
  readonly #places = new Map<ChangeId, MessageRef>();
  readonly #drawn = new Map<ChangeId, number>();
  readonly #asides = new Map<ChangeId, string>();
  readonly #leases = new Map<ChangeId, Lease>();
  /** Expiry of each claim; infinite once confirmed. */
  readonly #replies = new Map<string, number>();

  constructor(changes: readonly FakeChanges[], clock: Clock) {
    this.#changes = changes;
    this.#clock = clock;
  }

  async place(id: ChangeId): Promise<MessageRef | 'newer' | null> {
    this.#refuseStranger(id);
    return this.#newer.has(id) ? 'newer' : (this.#places.get(id) ?? null);
  }

  async known(id: ChangeId): Promise<MessageRef | null> {
    const place = await this.place(id);
    return place === 'newer' ? null : place;
  }

  readonly #newer = new Set<ChangeId>();

  /** A newer version of the bot has posted the card. */
  postedByNewer(id: ChangeId): void {
    this.#newer.add(id);
  }

  async hang(id: ChangeId, place: MessageRef): Promise<void> {
    const old = await this.known(id);
    if (old !== null && (old.channel !== place.channel || old.ts !== place.ts)) {
      this.#drawn.delete(id);
      this.#asides.delete(id);
    }
    this.#places.set(id, place);
  }

  readonly #steps = new Map<ChangeId, StepList>();

  async stepList(id: ChangeId): Promise<StepList | 'newer' | null> {
    this.#refuseStranger(id);
    return this.#steps.get(id) ?? null;
  }

  forgetSteps(id: ChangeId): void {
    this.#steps.delete(id);
  }

  async keepStepList(id: ChangeId, list: StepList): Promise<void> {
    this.#refuseStranger(id);
    this.#steps.set(id, list);
  }

  async whileLeased(id: ChangeId, ms: number, draw: (lease: CardLease) => Promise<void>): Promise<boolean> {
    this.#refuseStranger(id);
    if (this.#holds(id, this.#leases.get(id))) return false;
    const lease = { ends: this.#clock.now().getTime() + ms };
    this.#leases.set(id, lease);
    try {
      await draw({
        drawn: this.#drawn.get(id) ?? 0,
        aside: this.#asides.get(id) ?? '',
        commit: async (revision, aside) => this.#commit(id, lease, revision, aside),
      });
    } finally {
      if (this.#leases.get(id) === lease) this.#leases.delete(id);
    }
    return true;
  }

  async claimReply(id: ChangeId, name: string, ms: number): Promise<Claim> {
    this.#refuseStranger(id);
    const now = this.#clock.now().getTime();
    const ends = this.#replies.get(`${id} ${name}`) ?? now;
    if (ends > now) return ends === Number.POSITIVE_INFINITY ? 'posted' : 'busy';
    this.#replies.set(`${id} ${name}`, now + ms);
    return 'ours';
  }

  async confirmReply(id: ChangeId, name: string): Promise<void> {
    this.#replies.set(`${id} ${name}`, Number.POSITIVE_INFINITY);
  }

  async releaseReply(id: ChangeId, name: string): Promise<void> {
    this.#replies.delete(`${id} ${name}`);
  }

  async behind(): Promise<readonly ChangeId[]> {
    return this.#changes
      .flatMap((changes) => [...changes.revisions()])
      .filter(([id, revision]) => revision > (this.#drawn.get(id) ?? 0))
      .map(([id]) => id)
      .toSorted();
  }

  #commit(id: ChangeId, lease: Lease, revision: number, aside = ''): boolean {
    if (!this.#holds(id, lease) || revision < (this.#drawn.get(id) ?? 0)) return false;
    this.#drawn.set(id, revision);
    this.#asides.set(id, aside);
    return true;
  }

  #holds(id: ChangeId, lease: Lease | undefined): boolean {
    return lease !== undefined && this.#leases.get(id) === lease && lease.ends > this.#clock.now().getTime();
  }

  /** Simulates Redis returning without its data. */
  lose(): void {
    for (const kept of [this.#places, this.#drawn, this.#asides, this.#leases, this.#replies]) kept.clear();
  }

  #refuseStranger(id: ChangeId): void {
    const known = this.#changes.some(({ cluster }) => cluster === clusterOf(id));
    if (!known) throw new TypeError(`“${id}” is not a change of a known cluster.`);
  }
}
