import { Gauge, type Registry } from 'prom-client';
import { type ClusterStatus, type RegistryStatus, verdictOf } from '../../domain/questions/status/cluster-status.ts';
import type { Clock } from '../../ports/clock.ts';

const VERDICTS = ['holds', 'incomplete', 'unknown'] as const;
const STATES = ['complete', 'stale', 'unknown'] as const;

/** Adds metrics of the worker's inspections; call the result with each status. Before the first one, whether HA holds is unknown. */
export function statusMetrics(clock: Pick<Clock, 'steadyMs'>, register: Registry): (status: ClusterStatus) => void {
  const registers = [register];
  const verdict = new Gauge({
    name: 'registry_ha_verdict',
    help: 'Whether HA holds, by the last inspection: 1 for the verdict, 0 for the others.',
    labelNames: ['verdict'] as const,
    registers,
  });
  const registries = new Gauge({
    name: 'registry_ha_registries',
    help: 'Registries by their state in the last inspection, the one of the bootstrap node among them.',
    labelNames: ['state'] as const,
    registers,
  });
  let inspectedAt = clock.steadyMs();
  new Gauge({
    name: 'registry_ha_inspection_age_seconds',
    help: 'Seconds since the end of the last inspection; before the first one, since the start of the worker.',
    registers,
    collect() {
      this.set((clock.steadyMs() - inspectedAt) / 1000);
    },
  });
  const show = (is: (typeof VERDICTS)[number], of: readonly RegistryStatus[]): void => {
    for (const one of VERDICTS) verdict.set({ verdict: one }, one === is ? 1 : 0);
    for (const state of STATES) registries.set({ state }, of.filter((one) => stateOf(one) === state).length);
  };
  show('unknown', []);
  return (status) => {
    inspectedAt = clock.steadyMs();
    show(verdictOf(status), status.registries);
  };
}

function stateOf({ stale, unknown }: RegistryStatus): (typeof STATES)[number] {
  if (stale.length > 0) return 'stale';
  return unknown.length > 0 ? 'unknown' : 'complete';
}
