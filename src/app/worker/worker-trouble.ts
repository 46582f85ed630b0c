import type { Clock } from '../../ports/clock.ts';

/** What a worker's trouble is known by. */
export interface TroublePorts {
  readonly clock: Clock;
  /** Why nothing can be written down now, or null; each look tries to mend it. */
  readonly look: () => Promise<string | null>;
  /** Told when it begins, once a minute while it lasts, and with null when it is over. */
  readonly onTrouble: (says: string | null) => void;
}

const LOOK_EVERY_MS = 2_000;
const SAY_EVERY_MS = 60_000;

/** Why the worker cannot work: known to its jobs, which wait, to /readyz and to the cards. */
export class WorkerTrouble {
  readonly #ports: TroublePorts;
  #says: string | null = null;
  #saidAt = 0;

  constructor(ports: TroublePorts) {
    this.#ports = ports;
  }

  /** As it was at the last look. */
  get says(): string | null {
    return this.#says;
  }

  async look(): Promise<string | null> {
    const now = await this.#ports.look();
    const before = this.#says;
    this.#says = now;
    const at = this.#ports.clock.steadyMs();
    const isNews = now === null ? before !== null : before === null || at - this.#saidAt >= SAY_EVERY_MS;
    if (isNews) {
      this.#saidAt = at;
      this.#ports.onTrouble(now);
    }
    return now;
  }

  /** Resolves when there is none. Only the signal ends the wait: a person has to mend the disk, and the card says so meanwhile. */
  async over(signal: AbortSignal): Promise<void> {
    while ((await this.look()) !== null) await this.#ports.clock.sleep(LOOK_EVERY_MS, signal);
  }
}
