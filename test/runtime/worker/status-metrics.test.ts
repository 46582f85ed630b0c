import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { statusMetrics } from '../../../src/runtime/worker/status-metrics.ts';
import { SettableClock } from '../../app/bench.ts';
import { foundAfterAdd, inspectionOf } from '../../fixtures/inspection.ts';

const AGE = 'registry_ha_inspection_age_seconds';

function metrics() {
  const [clock, register] = [new SettableClock(), new Registry()];
  const inspected = statusMetrics(clock, register);
  const lines = async () => (await register.metrics()).split('\n').filter((line) => /^registry_ha/.test(line));
  return { clock, inspected, lines };
}

const verdict = (holds: number, incomplete: number, unknown: number) => [
  `registry_ha_verdict{verdict="holds"} ${holds}`,
  `registry_ha_verdict{verdict="incomplete"} ${incomplete}`,
  `registry_ha_verdict{verdict="unknown"} ${unknown}`,
];
const registries = (complete: number, stale: number, unknown: number) => [
  `registry_ha_registries{state="complete"} ${complete}`,
  `registry_ha_registries{state="stale"} ${stale}`,
  `registry_ha_registries{state="unknown"} ${unknown}`,
];

describe('metrics of the worker’s inspections', () => {
  it('call HA unknown before the first inspection, and show its delay', async () => {
    const { clock, lines } = metrics();
    clock.at += 90_000;
    expect(await lines()).toEqual([...verdict(0, 0, 1), ...registries(0, 0, 0), `${AGE} 90`]);
  });

  it('follow each inspection, whose age grows until the next one', async () => {
    const { clock, inspected, lines } = metrics();
    clock.at += 90_000;
    inspected(judge(inspectionOf()));
    clock.at += 30_000;
    expect(await lines()).toEqual([...verdict(1, 0, 0), ...registries(2, 0, 0), `${AGE} 30`]);
    const { files } = foundAfterAdd();
    inspected(judge(inspectionOf({ files: { ...files, mounts: [] } })));
    expect(await lines()).toEqual([...verdict(0, 1, 0), ...registries(1, 1, 0), `${AGE} 0`]);
  });

  it('never count what could not be read as complete or as stale', async () => {
    const { inspected, lines } = metrics();
    const nodes = [{ node: 'node-2', found: { is: 'unknown', says: 'node-2 cannot be reached.' } }] as const;
    inspected(judge(inspectionOf({}, { nodes })));
    expect(await lines()).toEqual([...verdict(0, 0, 1), ...registries(1, 0, 1), `${AGE} 0`]);
  });
});
