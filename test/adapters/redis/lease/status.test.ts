import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { redisStatus } from '../../../../src/adapters/redis/lease/status.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { EMPTY_STATUS, statusContract } from '../../../contract/status.contract.ts';
import { FakeStatusBoard } from '../../../fakes/fake-status-board.ts';
import { type Bench, redisBench } from '../server.ts';

const [worker, bot, stranger] = [newKeyPair(), newKeyPair(), newKeyPair()];
const KEY = 'mk8s:c1:status';

statusContract('Redis', async () => {
  const bench = await redisBench();
  const boardOf = (own: typeof worker) =>
    redisStatus({ redis: bench.connect(), cluster: 'c1', proof: proofOf('status', own, [worker]) });
  return { worker: boardOf(worker), bot: boardOf(bot), close: bench.close };
});

statusContract('FakeStatusBoard', async () => {
  const board = new FakeStatusBoard();
  return { worker: board, bot: board, close: async () => undefined };
});

describe('the status of a cluster in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const boardOf = (own = bot, cluster = 'c1') =>
    redisStatus({ redis: bench.connect(), cluster, proof: proofOf('status', own, [worker]) });

  it('has its age by Redis’ clock', async () => {
    const said = { at: Date.now() - 90_000, answers: 3, status: EMPTY_STATUS };
    const signature = proofOf('status', worker, [worker]).sign({ ...said, cluster: 'c1' });
    await bench.connect().set(KEY, JSON.stringify({ ...said, ...signature }));
    expect(await boardOf().seen()).toMatchObject({ is: 'seen', ageMs: expect.closeTo(90_000, -5) });
  });

  it('is unverified when a stranger, a bot or the worker of another cluster has signed it', async () => {
    for (const own of [stranger, bot]) {
      await boardOf(own).put(EMPTY_STATUS, 0);
      expect(await boardOf().seen()).toEqual({ is: 'unverified' });
    }
    await boardOf(worker, 'c2').put(EMPTY_STATUS, 0);
    const redis = bench.connect();
    await redis.set(KEY, (await redis.get('mk8s:c2:status')) ?? '');
    expect(await boardOf().seen()).toEqual({ is: 'unverified' });
  });

  it('is newer when this version does not know one of its reasons; unknown fields are ignored', async () => {
    const sign = proofOf('status', worker, [worker]);
    const put = async (status: object, v = 1) => {
      const said = { v, at: Date.now(), answers: 0, status };
      await bench.connect().set(KEY, JSON.stringify({ ...said, ...sign.sign({ ...said, cluster: 'c1' }) }));
    };
    await put({ ...EMPTY_STATUS, gaps: [{ is: 'moon-phase', of: [], more: 0 }] });
    expect(await boardOf().seen()).toEqual({ is: 'newer' });
    await put(EMPTY_STATUS, 2);
    expect(await boardOf().seen()).toEqual({ is: 'newer' });
    await put({ ...EMPTY_STATUS, moon: 'full' });
    expect(await boardOf().seen()).toMatchObject({ is: 'seen', status: EMPTY_STATUS });
  });

  it.each(['x'.repeat(300_000), 'no JSON', '{}', '[]', '{"key":"k","signature":"s"}'])(
    'is unverified when the text is no status: %.20s',
    async (text) => {
      await bench.connect().set(KEY, text);
      expect(await boardOf().seen()).toEqual({ is: 'unverified' });
    },
  );

  it('is not stored when it is larger than a reader accepts', async () => {
    const archives = Array.from({ length: 1_000 }, (_, at) => ({ id: `${'x'.repeat(290)}${at}`, images: 1 }));
    await expect(boardOf(worker).put({ ...EMPTY_STATUS, archives }, 0)).rejects.toMatchObject({ kind: 'record' });
  });

  it('is asked for through the next heartbeat, and nothing else there is a request', async () => {
    const heart = redisHeartbeat({
      redis: bench.connect(),
      cluster: 'c1',
      clock: systemClock,
      proof: proofOf('heartbeat', worker, [worker]),
    });
    const beat = () => heart.beat({ trouble: null, nodes: null, who: null });
    expect(await beat()).toBe(0);
    const request = await boardOf().ask();
    expect(await beat()).toBe(request);
    for (const text of ['soon', '-1', '1.5', 'Infinity', '9'.repeat(17)]) {
      await bench.connect().hset('mk8s:c1:worker', 'ask', text);
      expect(await beat(), text).toBe(0);
      await bench.connect().hdel('mk8s:c1:worker', 'ask');
    }
    await bench.connect().hset('mk8s:c1:worker', 'ask', 'nonsense');
    expect(await boardOf().ask()).toBeGreaterThan(request - 1);
  });
});
