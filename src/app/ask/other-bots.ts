import type { Replicas, SocketsSeen } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** Sockets of a replica. Slack closes a connection every few hours; the second one answers meanwhile. */
export const SOCKETS = 2;

const BEAT_EVERY_MS = 10_000;
/** Longer than a rolling update and a reconnection take, during which Slack counts old connections beside new ones. */
const LASTING_MS = 60_000;

/** True if more sockets use the app token than these replicas have. */
export const isShared = ({ connections, replicas }: Omit<SocketsSeen, 'at'>): boolean =>
  connections > SOCKETS * replicas;

export interface OtherBotsPorts {
  readonly replicas: Replicas;
  /** Opens one of this bot's sockets anew, because Slack counts connections only at a new one. False if it must not close now. */
  readonly renew: () => boolean;
  readonly onKnown: (isShared: boolean) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Notices other bots with the same app token: Slack sends them a part of all commands and clicks. */
export class OtherBots {
  readonly #ports: OtherBotsPorts;
  /** Since when more sockets are open than there should be, by the steady clock. */
  #since: number | null = null;
  #isRenewed = false;
  #unjudged: number | null = null;
  #isTold = false;
  #lastRunning = 0;

  constructor(ports: OtherBotsPorts) {
    this.#ports = ports;
  }

  /** Slack said at a new socket how many use the app token. */
  readonly heard = async (connections: number): Promise<void> => {
    this.#unjudged = connections;
    await this.#judge();
  };

  /** Says that this replica runs, and has Slack count again where a count is too high; until it ends. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, replicas } = this.#ports;
    while (!signal.aborted) {
      await this.#judge();
      if (this.#isDue()) this.#isRenewed = this.#ports.renew();
      await clock.sleep(BEAT_EVERY_MS, signal).catch(() => undefined);
    }
    await replicas.leave().catch(() => undefined);
  }

  /** Compares Slack's last word with the replicas that run; without Redis, at a later beat. */
  async #judge(): Promise<void> {
    // A replica that has just ended, or that starts, counts.
    const before = this.#lastRunning;
    const running = await this.#beat();
    const connections = this.#unjudged;
    if (running === null || connections === null) return;
    this.#unjudged = null;
    const seen = { connections, replicas: Math.max(before, running) };
    if (!isShared(seen)) return await this.#settle(seen);
    const now = this.#ports.clock.steadyMs();
    this.#since ??= now;
    if (now - this.#since >= LASTING_MS) await this.#tell(seen);
  }

  #isDue(): boolean {
    if (this.#since === null || this.#isRenewed) return false;
    return this.#ports.clock.steadyMs() - this.#since >= LASTING_MS;
  }

  async #settle(seen: Omit<SocketsSeen, 'at'>): Promise<void> {
    if (this.#isTold) this.#ports.log.info(seen, 'No other bot uses the app token any more');
    this.#since = null;
    this.#isRenewed = false;
    this.#isTold = false;
    await this.#keep(seen);
  }

  async #tell(seen: Omit<SocketsSeen, 'at'>): Promise<void> {
    if (!this.#isTold) this.#ports.log.warn({ ...seen, next: NEXT }, 'Other bots use this app token');
    this.#isTold = true;
    await this.#keep(seen);
  }

  async #keep(seen: Omit<SocketsSeen, 'at'>): Promise<void> {
    const { replicas, clock, log, onKnown } = this.#ports;
    onKnown(isShared(seen));
    await replicas
      .keep({ ...seen, at: clock.now().toISOString() })
      .catch((err: unknown) => log.warn({ err }, 'What Slack said of connections could not be stored'));
  }

  async #beat(): Promise<number | null> {
    try {
      const running = await this.#ports.replicas.beat();
      this.#lastRunning = running ?? 0;
      return running;
    } catch (err) {
      this.#ports.log.warn({ err }, 'The replicas of the bot could not be counted');
      return null;
    }
  }
}

const NEXT =
  'Stop the other bot, or give it a Slack app of its own: Slack sends it a part of all commands and clicks. `registry-ha doctor bot` shows the count.';
