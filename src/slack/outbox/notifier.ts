import type { UseCases } from '../../app/ask/bot-use-cases.ts';
import type { ChangeId } from '../../domain/change/change.ts';
import { clusterOf } from '../../domain/change/change-id.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import type { Announcements } from '../../ports/record.ts';
import { SlackRefused } from '../api/slack-refused.ts';
import { wordFor } from '../card/worker-outage.ts';
import { type Drawn, type DrawPorts, drawCard, nothingLearnt } from './draw-card.ts';
import { isInTheWay } from './urgency.ts';

/** Shortest time between two edits of a card. */
const EDIT_EVERY_MS = 3_000;
/** Covers an edit of ten seconds and the pause after it. The lease of a dead bot expires after this time. */
const LEASE_MS = 15_000;
/** Retry when another replica draws the card, because it may have read before our announcement. */
const BUSY_MS = 1_000;
/** Retry of a list of steps for which Slack's limits left no edit. */
const LATE_MS = 2_000;
/** A change is announced shortly before its card is posted. After these tries, the sweep takes over. */
const UNPOSTED_TRIES = 5;
const SWEEP_EVERY_MS = 15_000;
/** With 15 s until a worker counts as silent, cards say so within 30 s. */
const WATCH_EVERY_MS = 5_000;
const LISTEN_AGAIN_MS = 1_000;
const BACKOFF_FROM_MS = 1_000;
const BACKOFF_TO_MS = 60_000;

export interface NotifierOptions extends DrawPorts {
  readonly announcements: Announcements;
  /** The clusters whose cards are drawn; they may change. */
  readonly clusters: Iterable<string>;
  readonly useCases: DrawPorts['useCases'] & Pick<UseCases, 'watchWorkers'>;
  /** The names of the keys whose signatures count as the worker's of this cluster; they may change. */
  readonly trusts?: ((cluster: string) => string) | undefined;
  /** Hears how long each drawing took, in milliseconds from its news. */
  readonly onDrawn?: (ms: number) => void;
}

/** Redraws cards whenever their records change, until the signal aborts. */
export function notifier(options: NotifierOptions): { run(signal: AbortSignal): Promise<void> } {
  return { run: (signal) => new Rounds(options, signal).run() };
}

/** A pending redraw of a card. */
interface Wanted {
  again: boolean;
  forced: boolean;
  /** Steady time of the first news that is not drawn yet. */
  since: number;
}

class Rounds {
  readonly #options: NotifierOptions;
  readonly #signal: AbortSignal;
  readonly #learnt = nothingLearnt();
  readonly #wanted = new Map<ChangeId, Wanted>();
  readonly #rounds = new Set<Promise<void>>();
  /** The worker's state and keys at the last check, of each cluster with open changes. The first check counts as a change. */
  readonly #workers = new Map<string, string>();

  constructor(options: NotifierOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    await Promise.all([this.#listen(), this.#sweep(), this.#watchWorkers()]);
    await Promise.all(this.#rounds);
  }

  async #listen(): Promise<void> {
    const { announcements, log } = this.#options;
    const listener = { changed: (id: ChangeId) => this.#want(id, false), missed: () => void this.#wantThoseBehind() };
    while (!this.#signal.aborted) {
      try {
        await announcements.listen(listener, this.#signal);
      } catch (error) {
        if (!this.#signal.aborted) log.error({ err: error }, 'Announcements cannot be received');
      }
      await this.#pause(LISTEN_AGAIN_MS);
    }
  }

  /** Finds missed announcements, and cards that a dead bot did not draw. */
  async #sweep(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#wantThoseBehind();
      await this.#pause(SWEEP_EVERY_MS);
    }
  }

  async #wantThoseBehind(): Promise<void> {
    const { cards, log } = this.#options;
    try {
      for (const id of await cards.behind()) this.#want(id, false);
    } catch (error) {
      log.error({ err: error }, 'Outdated cards cannot be listed');
    }
  }

  /** A silent worker announces nothing, so its state is polled. */
  async #watchWorkers(): Promise<void> {
    const { useCases, log } = this.#options;
    while (!this.#signal.aborted) {
      try {
        await this.#heardOf((await useCases.watchWorkers()).busy);
      } catch (error) {
        this.#workers.clear();
        log.warn({ err: error }, 'States of the workers are unknown');
      }
      await this.#pause(WATCH_EVERY_MS);
    }
  }

  /** Only cards of open changes show a worker's state. What was known of a cluster without any may be old. */
  async #heardOf(states: ReadonlyMap<string, WorkerState>): Promise<void> {
    const { changes, trusts, log } = this.#options;
    for (const cluster of this.#workers.keys()) if (!states.has(cluster)) this.#workers.delete(cluster);
    for (const [cluster, state] of states) {
      const now = `${wordFor(state)} ${trusts?.(cluster) ?? ''}`;
      if (this.#workers.get(cluster) === now) continue;
      try {
        for (const id of await changes(cluster).open()) this.#want(id, false);
        this.#workers.set(cluster, now);
      } catch (error) {
        this.#workers.delete(cluster);
        log.warn({ err: error, cluster }, 'Open changes are unknown');
      }
    }
  }

  #want(id: ChangeId, forced: boolean): void {
    const wanted = this.#wanted.get(id);
    if (wanted !== undefined) {
      if (!wanted.again) wanted.since = this.#options.clock.steadyMs();
      wanted.again = true;
      wanted.forced ||= forced;
      return;
    }
    if (this.#signal.aborted) return;
    const round = this.#drawUntilStill(id, forced).finally(() => this.#rounds.delete(round));
    this.#rounds.add(round);
  }

  /** Draws until no redraw is pending. Requests that arrive meanwhile become one. */
  async #drawUntilStill(id: ChangeId, forced: boolean): Promise<void> {
    const wanted: Wanted = { again: true, forced, since: this.#options.clock.steadyMs() };
    this.#wanted.set(id, wanted);
    let failures = 0;
    while (wanted.again && !this.#signal.aborted) {
      const force = wanted.forced;
      wanted.again = false;
      wanted.forced = false;
      const retryMs = await this.#tryToDraw(id, force, failures, wanted.since);
      failures = retryMs === null ? 0 : failures + 1;
      if (retryMs === null) continue;
      wanted.again = true;
      wanted.forced ||= force;
      await this.#pause(retryMs);
    }
    this.#wanted.delete(id);
  }

  /** Milliseconds until the next try; null without one. */
  async #tryToDraw(id: ChangeId, forced: boolean, failures: number, since: number): Promise<number | null> {
    // Removed from the configuration meanwhile: nobody draws its cards any more.
    if (![...this.#options.clusters].includes(clusterOf(id))) return null;
    try {
      const drawn = await this.#drawLeased(id, forced, since);
      if (drawn === 'busy') return BUSY_MS;
      if (drawn === 'late') return LATE_MS;
      return drawn === 'unposted' && failures < UNPOSTED_TRIES ? BUSY_MS : null;
    } catch (error) {
      if (this.#signal.aborted) return null;
      const retryMs = retryAfter(error, failures);
      // A wait for other cards is usual, and would fill the log.
      if (!(error instanceof SlackRefused && error.isOwnLimit))
        this.#options.log.warn({ change: id, err: error, retryMs }, 'Card could not be drawn');
      return retryMs;
    }
  }

  /** Holds the lease during the pause after an edit, so that no other replica edits the card too soon. */
  async #drawLeased(id: ChangeId, forced: boolean, since: number): Promise<Drawn['is'] | 'busy'> {
    let outcome: Drawn['is'] = 'nothing';
    const leased = await this.#options.cards.whileLeased(id, LEASE_MS, async (lease) => {
      const drawn = await drawCard(id, forced, lease, this.#learnt, this.#options);
      outcome = drawn.is;
      if (drawn.is !== 'drawn') return;
      this.#options.onDrawn?.(this.#options.clock.steadyMs() - since);
      if (drawn.isLate) outcome = 'late';
      await this.#redrawWaiting(drawn);
      await this.#pause(EDIT_EVERY_MS);
    });
    return leased ? outcome : 'busy';
  }

  /** Updates the cards of changes that waited for this one. */
  async #redrawWaiting({ change }: Extract<Drawn, { is: 'drawn' }>): Promise<void> {
    if (isInTheWay(change)) return;
    const open = await this.#options.changes(clusterOf(change.id)).open();
    for (const id of open) if (id !== change.id) this.#want(id, true);
  }

  /** Ends early, without an error, when the signal aborts. */
  async #pause(ms: number): Promise<void> {
    if (this.#signal.aborted) return;
    try {
      await this.#options.clock.sleep(ms, this.#signal);
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
  }
}

function retryAfter(error: unknown, failures: number): number {
  const backoff = Math.min(BACKOFF_TO_MS, BACKOFF_FROM_MS * 2 ** Math.min(failures, 10));
  if (!(error instanceof SlackRefused)) return backoff;
  return error.fault === 'rate-limited' ? Math.max(error.retryAfterMs, BACKOFF_FROM_MS) : backoff;
}
