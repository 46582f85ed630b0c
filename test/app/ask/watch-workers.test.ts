import { expect, it } from 'vitest';
import { workerWatch } from '../../../src/app/ask/watch-workers.ts';

const NAMES = Array.from({ length: 125 }, (_, at) => `c${at + 1}`);

it('the workers that cards show are looked at each time, and every other one in its turn', async () => {
  const clusters = new Map(NAMES.map((name) => [name, name]));
  let busy: readonly string[] = ['c3', 'c100'];
  const watch = workerWatch({
    clusters,
    fleet: { busy: async () => busy, workers: async () => new Map(), lookForHolds: async () => undefined },
  });
  const others = new Set<string>();
  for (let round = 0; round < 5; round += 1) {
    const seen = await watch();
    expect([...seen.busy.keys()]).toEqual(busy);
    for (const name of seen.others.keys()) others.add(name);
    expect(seen.others.size).toBeLessThanOrEqual(50);
  }
  expect(others.size).toBe(123);
  busy = [];
  clusters.clear();
  clusters.set('new', 'new');
  expect((await watch()).others).toEqual(new Map([['new', { is: 'silent', since: null }]]));
});
