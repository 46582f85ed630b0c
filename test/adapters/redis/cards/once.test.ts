import { afterAll, beforeAll, expect, it } from 'vitest';
import { redisOnce } from '../../../../src/adapters/redis/cards/once.ts';
import { type AclBench, aclBench } from '../acl-bench.ts';

let bench: AclBench;
beforeAll(async () => {
  bench = await aclBench(['c1', 'c2']);
});
afterAll(() => bench?.close());

it('one of twenty replicas is the first to take a payload, with the rights of the bot’s user', async () => {
  const replica = (n: number) =>
    redisOnce({ redis: bench.as('registry-ha-bot'), clusters: n % 2 === 0 ? ['c1', 'c2'] : ['c2', 'c1'] });
  const took = await Promise.all(Array.from({ length: 20 }, (_, n) => replica(n).isFirst('1.2.3')));
  expect(took.filter((isFirst) => isFirst)).toHaveLength(1);
  expect(await replica(0).isFirst('1.2.4')).toBe(true);
  expect(await bench.refused()).toEqual([]);
});
