import type { BotTrouble, HelpTroubles } from '../../domain/questions/help/troubles.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RedisFound } from '../../ports/doctor/redis.ts';
import type { WorkerLook } from '../ask/compared-clocks.ts';

/** With 1,000 clusters, the bot looks at each within two minutes. An older look says nothing about now. */
const KEPT_MS = 300_000;

interface KeptLook extends Pick<WorkerLook, 'state' | 'clocks' | 'key'> {
  readonly at: number;
}

/** What the bot has noticed by the way. Nobody is asked for it. */
export class KnownTroubles {
  readonly #clock: Pick<Clock, 'steadyMs'>;
  readonly #looks = new Map<string, KeptLook>();
  #isShared = false;
  #areFilesInForce = true;
  #redis: RedisFound = { bad: [], missing: [] };

  constructor(clock: Pick<Clock, 'steadyMs'>) {
    this.#clock = clock;
  }

  /** A look at the heartbeat of a cluster's worker. */
  readonly worker = (cluster: string, { state, clocks, key }: WorkerLook): void => {
    this.#looks.set(cluster, { at: this.#clock.steadyMs(), state, clocks, key });
  };

  /** Whether other bots use the app token. */
  readonly shared = (isShared: boolean): void => {
    this.#isShared = isShared;
  };

  /** The files of the configuration were read again. */
  readonly files = (areInForce: boolean, removed: readonly string[]): void => {
    this.#areFilesInForce = areInForce;
    for (const cluster of removed) this.#looks.delete(cluster);
  };

  readonly redis = (found: RedisFound): void => {
    this.#redis = found;
  };

  /** What is wrong with the bot, and with the workers of these clusters. */
  readonly of = (clusters: readonly string[]): HelpTroubles => {
    const since = this.#clock.steadyMs() - KEPT_MS;
    const looks = clusters.map((cluster) => ({ cluster, look: this.#looks.get(cluster) }));
    const isChecked = (look: KeptLook | undefined) => look !== undefined && look.at >= since;
    const checked = looks.flatMap(({ cluster, look }) =>
      look !== undefined && isChecked(look) ? { cluster, look } : [],
    );
    return {
      workers: checked.flatMap(({ cluster, look: { state } }) =>
        state.is === 'there' ? [] : { cluster, worker: state },
      ),
      clocks: checked.flatMap(({ cluster, look }) => (look.clocks === null ? [] : { cluster, refusal: look.clocks })),
      keys: checked.flatMap(({ cluster, look }) => (look.key === null ? [] : { cluster, refusal: look.key })),
      unchecked: looks.filter(({ look }) => !isChecked(look)).map(({ cluster }) => cluster),
      bot: this.#ofBot(),
    };
  };

  #ofBot(): readonly BotTrouble[] {
    const { bad, missing } = this.#redis;
    return [
      ...(this.#isShared ? [{ is: 'token-shared' } as const] : []),
      ...(this.#areFilesInForce ? [] : [{ is: 'files-refused' } as const]),
      ...(bad.length === 0 ? [] : [{ is: 'redis-settings', says: bad } as const]),
      ...(missing.length === 0 ? [] : [{ is: 'redis-rights', missing } as const]),
    ];
  }
}
