import { isHeard, SILENT_AFTER_MS, type WorkerName } from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';

/** The ports of `OtherWorker`. */
export interface OtherWorkerPorts {
  readonly life: Pick<Heartbeat, 'seen'>;
  readonly clock: Pick<Clock, 'steadyMs'>;
  readonly me: WorkerName;
}

/** Another worker that serves the same cluster with its own journal. A worker on the same state folder waits for its lock, and sends none. */
export class OtherWorker {
  readonly #ports: OtherWorkerPorts;
  /** The other worker's last heartbeat, and when a newer one was seen; null until then, because a dead worker leaves one. */
  #other: { readonly who: WorkerName; readonly heardAt: string; readonly aliveAt: number | null } | null = null;

  constructor(ports: OtherWorkerPorts) {
    this.#ports = ports;
  }

  /** Reads the last heartbeat; call it before each own one. */
  async look(): Promise<void> {
    const { life, clock, me } = this.#ports;
    const seen = await life.seen();
    if (!isHeard(seen) || seen.who === null || seen.who.id === me.id) return;
    const { who, heardAt } = seen;
    const before = this.#other?.who.id === who.id ? this.#other : null;
    const isNewer = before !== null && before.heardAt !== heardAt;
    this.#other = { who, heardAt, aliveAt: isNewer ? clock.steadyMs() : (before?.aliveAt ?? null) };
  }

  /** Names both workers, in the same words in each of them; null while there is one worker. */
  says(): string | null {
    const { clock, me } = this.#ports;
    if (this.#other === null || this.#other.aliveAt === null) return null;
    if (clock.steadyMs() - this.#other.aliveAt > SILENT_AFTER_MS) return null;
    const [one, two] = [me.name, this.#other.who.name].toSorted();
    return `Two workers serve this cluster: ${one} and ${two}. Each has its own journal, so neither takes a job. Stop one of them with \`systemctl disable --now registry-ha-worker\`. Keep the one on the bootstrap node; of two there, keep the one whose journal has the last changes.`;
  }
}
