import { rightsAt } from '../../adapters/redis/acl/rights.ts';
import { badSettings } from '../../adapters/redis/server/settings.ts';
import { firstFew } from '../../domain/text/format.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RedisFound } from '../../ports/doctor/redis.ts';
import type { Log } from '../log.ts';
import { NOT_SET_UP, type RedisConnection } from '../redis.ts';

export interface RedisCheckPorts {
  /** The clusters that are served now. */
  readonly clusters: ReadonlyMap<string, unknown>;
  readonly clock: Clock;
  readonly log: Log;
  /** Hears of each check. */
  readonly onFound: (found: RedisFound) => void;
}

const AGAIN_MS = 60_000;

const NEXT = 'Run `registry-ha redis acl` again with every cluster, install the file, then restart Redis.';

/** Checks the settings of Redis and the rights of the bot's user: at each connection, and each minute while something is wrong. */
export class RedisCheck {
  readonly #ports: RedisCheckPorts;
  #redis: RedisConnection | null = null;
  /** Something is wrong, or no cluster was served yet. */
  #isDue = false;
  #logged = '';

  constructor(ports: RedisCheckPorts) {
    this.#ports = ports;
  }

  /** A new connection, which may be one to another server. */
  readonly connected = async (redis: RedisConnection): Promise<void> => {
    this.#redis = redis;
    this.#logged = '';
    await this.#look(redis);
  };

  /** Checks again until nothing is wrong any more, whenever something is. Ends when aborted. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#isDue && this.#redis !== null) await this.#look(this.#redis);
      await this.#ports.clock.sleep(AGAIN_MS, signal).catch(() => undefined);
    }
  }

  /** Without an answer, what was found before stays known. */
  async #look(redis: RedisConnection): Promise<void> {
    const { clusters, log, onFound } = this.#ports;
    try {
      const bad = await badSettings(redis);
      const names = [...clusters.keys()];
      const { missing } = names.length === 0 ? { missing: [] } : await rightsAt(redis, 'bot', names);
      this.#isDue = names.length === 0 || bad.length + missing.length > 0;
      onFound({ bad, missing });
      this.#log({ bad, missing });
    } catch (err) {
      log.warn({ err }, 'Settings of Redis and rights in it could not be checked');
    }
  }

  /** The same finding is one line for each connection. */
  #log({ bad, missing }: RedisFound): void {
    const found = [...bad, ...missing].join('\n');
    if (found === this.#logged) return;
    this.#logged = found;
    const { log } = this.#ports;
    for (const next of bad) log.error({ next }, NOT_SET_UP);
    if (missing.length > 0)
      log.error({ missing: firstFew(missing), next: NEXT }, 'The Redis user lacks rights that the bot needs');
    if (found === '') log.info({}, 'Redis is set up for registry-ha now');
  }
}
