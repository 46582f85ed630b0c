import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '../../ports/clock.ts';
import type { Copier, CopyProgress } from '../../ports/copier.ts';

/** Adds metrics by node to a copier: bytes sent and saved, seconds, and running copies. */
export function countedCopier(copier: Copier, clock: Pick<Clock, 'steadyMs'>, register: Registry): Copier {
  const counters = countersIn(register);
  return {
    prepare: (steps, signal) => copier.prepare(steps, signal),
    async copy(step, access, onProgress, signal) {
      const count = new CopyCount(step.node, counters, clock);
      try {
        await copier.copy(
          step,
          access,
          (progress) => {
            count.reached(progress);
            onProgress(progress);
          },
          signal,
        );
      } finally {
        count.end();
      }
    },
  };
}

type Counters = ReturnType<typeof countersIn>;

function countersIn(register: Registry) {
  const of = (name: string, help: string) => ({
    name: `registry_ha_copy_${name}`,
    help,
    labelNames: ['node'] as const,
    registers: [register],
  });
  return {
    sent: new Counter(of('sent_bytes_total', 'Bytes of archives sent to a node.')),
    saved: new Counter(of('saved_bytes_total', 'Bytes of archives not sent because the node already had them.')),
    seconds: new Counter(of('seconds_total', 'Seconds spent copying to a node, without the wait for a free slot.')),
    running: new Gauge(of('running', 'Copies to a node in progress.')),
  };
}

/** The metrics of one copy, which begins with its first progress; before that it waits for a free slot. */
class CopyCount {
  readonly #node: string;
  readonly #counters: Counters;
  readonly #clock: Pick<Clock, 'steadyMs'>;
  #begun: number | null = null;
  #seen = { sent: 0, saved: 0 };

  constructor(node: string, counters: Counters, clock: Pick<Clock, 'steadyMs'>) {
    this.#node = node;
    this.#counters = counters;
    this.#clock = clock;
  }

  /** A copy that starts over reports smaller numbers; bytes sent again are counted again. */
  reached({ sent: there, saved = 0 }: CopyProgress): void {
    const node = this.#node;
    if (this.#begun === null) this.#counters.running.inc({ node });
    this.#begun ??= this.#clock.steadyMs();
    const sent = Math.max(0, there - saved);
    this.#counters.sent.inc({ node }, Math.max(0, sent - this.#seen.sent));
    this.#counters.saved.inc({ node }, Math.max(0, saved - this.#seen.saved));
    this.#seen = { sent, saved };
  }

  end(): void {
    if (this.#begun === null) return;
    this.#counters.seconds.inc({ node: this.#node }, (this.#clock.steadyMs() - this.#begun) / 1000);
    this.#counters.running.dec({ node: this.#node });
  }
}
