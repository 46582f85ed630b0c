import type { ChangeId } from '../../../domain/change/change.ts';

/** One entry of an announcement stream. */
export interface Announcement {
  readonly stream: string;
  readonly entry: string;
  readonly id: ChangeId;
}

/** What deliveries do with announcements. */
export interface DeliveryActs {
  readonly deliver: (id: ChangeId) => Promise<void>;
  readonly acknowledge: (announcements: readonly Announcement[]) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

const MOST_AT_ONCE = 32;

/**
 * Announcements on their way: one call at a time per change; those that come during a call share the next one.
 * What failed is not acknowledged, and so is delivered again later.
 */
export class Deliveries {
  readonly #acts: DeliveryActs;
  readonly #signal: AbortSignal;
  readonly #inHand = new Set<string>();
  readonly #waiting = new Map<ChangeId, Announcement[]>();
  readonly #calls = new Set<Promise<void>>();

  constructor(acts: DeliveryActs, signal: AbortSignal) {
    this.#acts = acts;
    this.#signal = signal;
  }

  take(announcements: readonly Announcement[]): void {
    const fresh = announcements.filter((one) => !this.#inHand.has(deliveryKeyOf(one)));
    for (const one of fresh) this.#inHand.add(deliveryKeyOf(one));
    for (const [id, ones] of Map.groupBy(fresh, ({ id }) => id)) {
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) this.#start(id, ones);
      else waiting.push(...ones);
    }
  }

  /** Resolves when there is room for another change. */
  async room(): Promise<void> {
    while (this.#calls.size >= MOST_AT_ONCE) await Promise.race(this.#calls);
  }

  /** Resolves when every call under way has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#calls);
  }

  #start(id: ChangeId, first: readonly Announcement[]): void {
    this.#waiting.set(id, []);
    const call = this.#deliverAll(id, first).finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  async #deliverAll(id: ChangeId, first: readonly Announcement[]): Promise<void> {
    let due = first;
    while (due.length > 0 && !this.#signal.aborted) {
      await this.#deliver(id, due);
      due = this.#waiting.get(id) ?? [];
      this.#waiting.set(id, []);
    }
    this.#waiting.delete(id);
  }

  async #deliver(id: ChangeId, due: readonly Announcement[]): Promise<void> {
    try {
      await this.#acts.deliver(id);
      await this.#acts.acknowledge(due);
    } catch (error) {
      this.#acts.onError(error);
    } finally {
      for (const one of due) this.#inHand.delete(deliveryKeyOf(one));
    }
  }
}

const deliveryKeyOf = ({ stream, entry }: Announcement): string => `${stream} ${entry}`;
