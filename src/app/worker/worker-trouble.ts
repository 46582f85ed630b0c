import type { Clock } from '../../ports/clock.ts';

/** The ports of `WorkerTrouble`. */
export interface TroublePorts {
  readonly clock: Clock;
  /** Why the journal cannot be written now, or null; each call tries to repair it. */
  readonly look: () => Promise<string | null>;
  /** Called when trouble begins, once a minute while it lasts, and with null when it ends. */
  readonly onTrouble: (says: string | null) => void;
}

const CHECK_EVERY_MS = 2_000;
const REPORT_EVERY_MS = 60_000;

/** Why the worker cannot work. Its jobs wait meanwhile; /readyz and the cards show it. */
export class WorkerTrouble {
  readonly #ports: TroublePorts;
  #says: string | null = null;
  #saidAt = 0;

  constructor(ports: TroublePorts) {
    this.#ports = ports;
  }

  /** The result of the last check. */
  get says(): string | null {
    return this.#says;
  }

  async look(): Promise<string | null> {
    const now = await this.#ports.look();
    const before = this.#says;
    this.#says = now;
    const at = this.#ports.clock.steadyMs();
    const isNews = now === null ? before !== null : before === null || at - this.#saidAt >= REPORT_EVERY_MS;
    if (isNews) {
      this.#saidAt = at;
      this.#ports.onTrouble(now);
    }
    return now;
  }

  /** Resolves when there is no trouble. It has no timeout, because a person must fix the disk; the card says so meanwhile. */
  async over(signal: AbortSignal): Promise<void> {
    while ((await this.look()) !== null) await this.#ports.clock.sleep(CHECK_EVERY_MS, signal);
  }
}
