import type { SeenWorker, WorkerSays } from '../../src/domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../src/ports/cards.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A worker's heartbeat in memory, always recent. */
export class FakeWorkerLife implements Heartbeat {
  /** The worker's clock less Redis'. */
  workerAheadMs = 0;
  /** Redis' clock less the bot's. */
  redisAheadMs = 0;
  /** The keys of bots that the worker trusts, if it says so. */
  trusts: readonly string[] | null = null;
  #says: WorkerSays = { trouble: null, nodes: null, who: null };
  readonly #bot: Pick<Clock, 'now'>;

  constructor(bot: Pick<Clock, 'now'>) {
    this.#bot = bot;
  }

  /** The last request for an inspection. */
  asked = 0;

  async beat(says: WorkerSays): Promise<number> {
    this.#says = says;
    return this.asked;
  }

  async seen(): Promise<SeenWorker> {
    const { workerAheadMs } = this;
    const heardAt = new Date(this.#bot.now().getTime() + this.redisAheadMs).toISOString();
    const about = this.trusts === null ? null : { version: '1.2.3', trusts: this.trusts };
    return { heardAt, silentMs: 0, workerAheadMs, about, ...this.#says };
  }
}
