import { afterEach, beforeEach, expect, it } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import * as events from '../../../contract/changes-events.ts';
import { type AclBench, aclBench } from '../acl-bench.ts';

const WORKER = 'registry-ha-worker-c1';
const ID = 'c1-scrip2';

let bench: AclBench;
beforeEach(async () => {
  bench = await aclBench(['c1']);
});
afterEach(() => bench?.close());

const changesOf = () => redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY });

it('a script is sent once as text, then as its digest', async () => {
  const admin = bench.as('admin');
  const calls = async (command: string) => {
    const line = new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await admin.info('commandstats'));
    return Number(line?.[1] ?? 0);
  };
  const changes = changesOf();
  await changes.append(ID, 0, events.requested(ID));
  for (const version of [1, 2, 3]) await changes.append(ID, version, events.stepStarted);
  expect([await calls('eval'), await calls('evalsha')]).toEqual([1, 3]);
});

it('a script lost by Redis is sent again, and runs once', async () => {
  const changes = changesOf();
  await changes.append(ID, 0, events.requested(ID));
  await changes.append(ID, 1, events.stepStarted);
  await bench.as('admin').script('FLUSH');
  expect(await changes.append(ID, 2, events.stepStarted)).toBe(true);
  expect((await changes.get(ID))?.version).toBe(3);
});

it('a script is sent again after a restart of Redis', async () => {
  const changes = changesOf();
  await changes.append(ID, 0, events.requested(ID));
  await bench.restart();
  expect(await changes.append(ID, 1, events.stepStarted)).toBe(true);
  expect(await changes.append(ID, 2, events.stepStarted)).toBe(true);
  expect((await changes.get(ID))?.version).toBe(3);
  expect(await bench.refused()).toEqual([]);
});
