import { Gauge, type Registry } from 'prom-client';
import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { type ProofResult, provedIn } from '../../domain/cluster/proof-result.ts';
import { nodesProvedBy } from '../../domain/plan/proved-nodes.ts';
import type { ClusterStatus } from '../../domain/questions/status/cluster-status.ts';
import type { Journal } from '../../ports/record.ts';
import { heardJournal } from './heard-journal.ts';

/** The metric of how long ago each registry was last proved: by a change, by `verify` or by the daily check. */
export class ProofAges {
  readonly #proved = new Map<string, string>();
  /** Those of the last inspection; null before the first one. */
  #nodes: readonly string[] | null = null;

  /** `now`: the time of day, because the proofs of a journal are older than the worker's start. */
  constructor(now: () => Date, register: Registry) {
    const [nodes, ageOf] = [() => this.#nodes ?? [...this.#proved.keys()], (node: string) => this.#ageOf(node, now())];
    new Gauge({
      name: 'registry_ha_proof_age_seconds',
      help: 'Seconds since the last successful proof of a registry beside the bootstrap’s; NaN while the journal knows of none.',
      labelNames: ['node'] as const,
      registers: [register],
      collect() {
        // A registry that is gone has no age.
        this.reset();
        for (const node of nodes()) this.set({ node }, ageOf(node));
      },
    });
  }

  /** What was proved before this start of the worker: nodes with times. */
  knew(proved: ReadonlyMap<string, string>): void {
    for (const [node, at] of proved) this.#proved.set(node, at);
  }

  /** The registries that an inspection has found. */
  readonly inspected = ({ registries }: ClusterStatus): void => {
    this.#nodes = registries.filter(({ isBootstrap }) => !isBootstrap).map(({ node }) => node);
  };

  /** The same journal; each proof that is written in it counts. */
  heard(journal: Journal): Journal {
    const proofOfChange = async (id: ChangeId, event: ChangeEvent): Promise<void> => {
      if (event.type !== 'done') return;
      // The entry is written already: without the record, the age is that of the proof before.
      const plan = changeFrom(await journal.events(id).catch(() => []))?.plan;
      for (const node of plan === undefined ? [] : nodesProvedBy(plan)) this.#proved.set(node, event.at);
    };
    const proof = (result: ProofResult): void => {
      for (const node of provedIn(result)) this.#proved.set(node, result.ended);
    };
    return heardJournal(journal, { entry: proofOfChange, proof });
  }

  #ageOf(node: string, now: Date): number {
    const at = this.#proved.get(node);
    return at === undefined ? Number.NaN : Math.max(0, (now.getTime() - Date.parse(at)) / 1000);
  }
}
