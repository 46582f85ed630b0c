import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisFleet } from '../../../../src/adapters/redis/cards/fleet.ts';
import { redisHolds } from '../../../../src/adapters/redis/cards/holds.ts';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { redisStatus } from '../../../../src/adapters/redis/lease/status.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { isHeard } from '../../../../src/domain/cluster/worker-state.ts';
import * as events from '../../../contract/changes-events.ts';
import { EMPTY_STATUS } from '../../../contract/status.contract.ts';
import { type AclBench, aclBench } from '../acl-bench.ts';
import { clock } from '../server.ts';

const [worker, stranger] = [newKeyPair(), newKeyPair()];
const heartbeat = proofOf('heartbeat', worker, [worker]);
const NAMES = Array.from({ length: 250 }, (_, at) => `c${at + 1}`);
const WELL = { trouble: null, nodes: null, who: null };
const HOLD = {
  verb: 'freeze',
  node: null,
  by: events.requested('c1-aaaaaa').requester,
  at: events.requested('c1-aaaaaa').at,
  reason: 'year end',
} as const;

describe('all clusters of a bot in Redis', () => {
  let bench: AclBench;
  beforeAll(async () => {
    bench = await aclBench(NAMES);
  });
  afterAll(async () => {
    const refused = await bench?.refused();
    await bench?.close();
    expect(refused).toEqual([]);
  });

  let steady = 0;
  const admin = () => bench.as('admin');
  const fleetOf = () =>
    redisFleet({
      redis: bench.as('registry-ha-bot'),
      clusters: new Map(NAMES.map((name) => [name, { heartbeat }])),
      clock: { steadyMs: () => steady },
    });
  const request = (cluster: string, id: string) =>
    redisChanges({ redis: bench.as('registry-ha-bot'), cluster, proof: EVERY_ENTRY }).append(id, 0, {
      ...events.requested(id),
      intent: { ...events.requested(id).intent, cluster },
    });
  /** Commands that Redis runs for an act. */
  async function commandsOf(act: () => Promise<unknown>): Promise<number> {
    const count = async () =>
      [
        ...(await admin().info('commandstats')).matchAll(/^cmdstat_(?!info:|client|auth|hello)[^:]+:calls=(\d+)/gm),
      ].reduce((sum, [, calls]) => sum + Number(calls), 0);
    await act();
    const before = await count();
    await act();
    return (await count()) - before;
  }

  it('those with open changes are found by three commands when there are none, and by few more when there are some', async () => {
    const fleet = fleetOf();
    expect(await commandsOf(() => fleet.busy())).toBe(3);
    expect(await fleet.busy()).toEqual([]);
    await request('c7', 'c7-aaaaaa');
    await request('c113', 'c113-aaaaaa');
    await request('c250', 'c250-aaaaaa');
    expect(await fleet.busy()).toEqual(['c7', 'c113', 'c250']);
    expect(await commandsOf(() => fleet.busy())).toBe(3 + 3);
    await redisChanges({ redis: bench.as('registry-ha-bot'), cluster: 'c113', proof: EVERY_ENTRY }).append(
      'c113-aaaaaa',
      1,
      { type: 'expired', at: HOLD.at },
    );
    expect(await fleet.busy()).toEqual(['c7', 'c250']);
  });

  it('those with freezes are found, even if the value of one is of another type', async () => {
    const fleet = fleetOf();
    expect(await fleet.holding()).toEqual([]);
    await redisHolds({ redis: bench.as('registry-ha-bot'), proof: EVERY_STATEMENT, cluster: 'c9' }).set(HOLD);
    await admin().set('mk8s:c10:holds', 'text');
    expect(await commandsOf(() => fleet.holding())).toBe(0);
    fleet.noteHold('c9');
    expect(await fleet.holding()).toEqual(['c9']);
    steady += 7_000;
    expect(await fleet.holding()).toEqual(['c9', 'c10']);
    await admin().del('mk8s:c10:holds');
    await fleet.lookForHolds();
    expect(await fleet.holding()).toEqual(['c9']);
  });

  it('each heartbeat is read as by itself: no other cluster can hide or forge it', async () => {
    await redisHeartbeat({ redis: bench.as('registry-ha-worker-c1'), cluster: 'c1', clock, proof: heartbeat }).beat(
      WELL,
    );
    await redisHeartbeat({
      redis: bench.as('registry-ha-worker-c2'),
      cluster: 'c2',
      clock,
      proof: proofOf('heartbeat', stranger, [stranger]),
    }).beat(WELL);
    await admin().set('mk8s:c3:worker', 'text');
    await admin().hset('mk8s:c4:worker', 'beat', 'x'.repeat(20_000));
    await admin().hset('mk8s:c6:worker', 'beat', (await admin().hget('mk8s:c1:worker', 'beat')) ?? '');
    const seen = await fleetOf().workers(NAMES);
    expect(seen.size).toBe(NAMES.length);
    expect(['c2', 'c3', 'c4', 'c5', 'c6'].map((name) => seen.get(name))).toEqual([
      'unverified',
      'unverified',
      'unverified',
      null,
      'unverified',
    ]);
    const alone = await redisHeartbeat({
      redis: bench.as('registry-ha-bot'),
      cluster: 'c1',
      clock,
      proof: heartbeat,
    }).seen();
    expect(seen.get('c1')).toMatchObject({ ...WELL, heardAt: isHeard(alone) ? alone.heardAt : '' });
  });

  it('a new status has another digest; one of another type has none', async () => {
    const boardOf = (cluster: string) =>
      redisStatus({ redis: bench.as(`registry-ha-worker-${cluster}`), cluster, proof: EVERY_STATEMENT });
    const fleet = fleetOf();
    await boardOf('c1').put(EMPTY_STATUS, 0);
    await admin().hset('mk8s:c2:status', 'a', 'b');
    const first = await fleet.statuses(NAMES);
    expect(await fleet.statuses(NAMES)).toEqual(first);
    expect(first.get('c2')).toBe('');
    expect(first.get('c1')).not.toBe(first.get('c3'));
    await boardOf('c1').put({ ...EMPTY_STATUS, unknown: [] }, 0);
    expect((await fleet.statuses(NAMES)).get('c1')).not.toBe(first.get('c1'));
    expect(await commandsOf(() => fleet.statuses(NAMES))).toBe(3 + NAMES.length);
  });
});
