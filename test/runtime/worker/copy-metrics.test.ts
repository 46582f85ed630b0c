import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { Copier, CopyProgress } from '../../../src/ports/copier.ts';
import { countedCopier } from '../../../src/runtime/worker/copy-metrics.ts';
import { copyStep } from '../../adapters/ssh/copy-stage.ts';
import { SettableClock } from '../../app/bench.ts';

const step = { ...copyStep('/archives/a.iso', Buffer.alloc(1000), false), node: 'node-2' };
const access = { node: 'node-2', host: '10.0.0.3', port: 22, user: 'root', keyPath: '/key', sudo: false };
const told: readonly CopyProgress[] = [
  { sent: 200, saved: 200, total: 1000, rate: 0 },
  { sent: 500, saved: 300, total: 1000, rate: 100 },
  // Everything has to be sent again.
  { sent: 0, saved: 0, total: 1000, rate: 0 },
  { sent: 1000, saved: 0, total: 1000, rate: 100 },
];

it('metrics count bytes, seconds and running copies by node', async () => {
  const metrics = new Registry();
  const clock = new SettableClock();
  const linesNow = async () => (await metrics.metrics()).split('\n').filter((line) => line.includes('node-2'));
  const running: string[] = [];
  const copier: Copier = {
    prepare: async () => undefined,
    copy: async (_, __, tell, signal) => {
      for (const progress of told) tell(progress);
      running.push(...(await linesNow()).filter((line) => line.includes('running')));
      await clock.sleep(2_500, signal);
      throw new Error('cut');
    },
  };
  const heard: CopyProgress[] = [];
  const counted = countedCopier(copier, clock, metrics);
  const copy = counted.copy(step, access, (progress) => heard.push(progress), new AbortController().signal);
  await expect(copy).rejects.toThrow('cut');
  expect(heard).toEqual(told);
  expect(running).toEqual(['registry_ha_copy_running{node="node-2"} 1']);
  expect(await linesNow()).toEqual([
    'registry_ha_copy_sent_bytes_total{node="node-2"} 1200',
    'registry_ha_copy_saved_bytes_total{node="node-2"} 300',
    'registry_ha_copy_seconds_total{node="node-2"} 2.5',
    'registry_ha_copy_running{node="node-2"} 0',
  ]);
});
