import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { freshNodes, type WorkerSays, workerState } from '../../../../src/domain/cluster/worker-state.ts';
import type { Clock } from '../../../../src/ports/clock.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { type Bench, redisBench } from '../server.ts';

const [worker, bot, stranger] = [newKeyPair(), newKeyPair(), newKeyPair()];

const WELL: WorkerSays = { trouble: null, nodes: null, who: { id: 'a', name: 'bootstrap (process 7)' } };

describe('the heartbeat of a worker in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const lifeOf = (cluster: string, own = worker, clock: Pick<Clock, 'now' | 'steadyMs'> = systemClock) =>
    redisHeartbeat({ redis: bench.connect(), cluster, clock, proof: proofOf('heartbeat', own, [worker]) });

  it('shows since when the worker is silent', async () => {
    const redis = bench.connect();
    const proof = proofOf('heartbeat', worker, [worker]);
    const life = lifeOf('c1', bot);
    expect(workerState(await life.seen())).toEqual({ is: 'silent', since: null });
    await lifeOf('c1').beat(WELL);
    expect(workerState(await life.seen())).toEqual({ is: 'there' });
    const at = Date.now() - 16_000;
    const old = { at, trouble: null };
    await redis.hset('mk8s:c1:worker', 'beat', JSON.stringify({ ...old, ...proof.sign({ ...old, cluster: 'c1' }) }));
    const seen = await life.seen();
    expect(seen).toMatchObject({ heardAt: new Date(at).toISOString() });
    expect(workerState(seen)).toEqual({ is: 'silent', since: new Date(at).toISOString() });
  });

  it('is not taken for recent when it is from the future, because Redis’ clock was set back', async () => {
    const at = Date.now() + 3_600_000;
    const beat = { at, trouble: null };
    const signed = { ...beat, ...proofOf('heartbeat', worker, [worker]).sign({ ...beat, cluster: 'c9' }) };
    await bench.connect().hset('mk8s:c9:worker', 'beat', JSON.stringify(signed));
    expect(workerState(await lifeOf('c9', bot).seen()).is).toBe('silent');
    await lifeOf('c9').beat(WELL);
    expect(workerState(await lifeOf('c9', bot).seen()).is).toBe('there');
  });

  it('says how far the worker’s clock is ahead of Redis’', async () => {
    const behind = { ...systemClock, now: () => new Date(Date.now() - 3_600_000) };
    await lifeOf('c5', worker, behind).beat(WELL);
    const seen = await lifeOf('c5', bot).seen();
    expect(seen).not.toBe('unverified');
    expect(seen).toMatchObject({ workerAheadMs: expect.closeTo(-3_600_000, -5) });
  });

  it('says which program the worker is and whose approvals it accepts; an older worker does not, and a newer one may say it otherwise', async () => {
    const about = { version: '1.2.3', trusts: ['aaaaaaaaaaaa'] };
    const proof = proofOf('heartbeat', worker, [worker]);
    const options = { redis: bench.connect(), cluster: 'c10', clock: systemClock, proof };
    await redisHeartbeat({ ...options, about }).beat(WELL);
    expect(await lifeOf('c10', bot).seen()).toMatchObject({ about });
    await redisHeartbeat(options).beat(WELL);
    expect(await lifeOf('c10', bot).seen()).toMatchObject({ about: null, who: WELL.who });
    const newer = { at: Date.now(), trouble: null, about: { version: { major: 2 } } };
    const text = JSON.stringify({ ...newer, ...proof.sign({ ...newer, cluster: 'c10' }) });
    await bench.connect().hset('mk8s:c10:worker', 'beat', text);
    expect(await lifeOf('c10', bot).seen()).toMatchObject({ about: null, trouble: null });
  });

  it('of a newer version is no forgery, and nothing is known from it', async () => {
    const proof = proofOf('heartbeat', worker, [worker]);
    for (const newer of [
      { v: 2, at: Date.now(), trouble: null },
      { v: 1, at: { ms: Date.now() }, trouble: null },
    ]) {
      const text = JSON.stringify({ ...newer, ...proof.sign({ ...newer, cluster: 'c11' }) });
      await bench.connect().hset('mk8s:c11:worker', 'beat', text);
      const seen = await lifeOf('c11', bot).seen();
      expect(seen).toBe('newer');
      expect(workerState(seen)).toEqual({ is: 'newer' });
      expect(freshNodes(seen)).toBeNull();
    }
  });

  it('does not guess it after a slow answer, nor for an older worker', async () => {
    const steps = [0, 5_001];
    await lifeOf('c6', worker, { now: () => new Date(), steadyMs: () => steps.shift() ?? 5_001 }).beat(WELL);
    expect(await lifeOf('c6', bot).seen()).toMatchObject({ workerAheadMs: null });
    const old = { at: Date.now(), trouble: null };
    const signed = { ...old, ...proofOf('heartbeat', worker, [worker]).sign({ ...old, cluster: 'c6' }) };
    await bench.connect().hset('mk8s:c6:worker', 'beat', JSON.stringify(signed));
    expect(await lifeOf('c6', bot).seen()).toMatchObject({ workerAheadMs: null, trouble: null });
  });

  const NODES = { names: ['bootstrap', 'node-2'], bootstrap: ['bootstrap'] };

  it('carries the names of the nodes, which are known while they are fresh', async () => {
    const read = { ...NODES, ageMs: 60_000 };
    await lifeOf('c7').beat({ ...WELL, nodes: read });
    const seen = await lifeOf('c7', bot).seen();
    expect(seen).toMatchObject({ nodes: read, who: WELL.who });
    expect(freshNodes(seen)).toEqual(NODES);
    await lifeOf('c7').beat({ ...WELL, nodes: { ...read, ageMs: 181_000 } });
    expect(freshNodes(await lifeOf('c7', bot).seen())).toBeNull();
  });

  it('leaves out a list that is too long, and keeps the trouble beside the longest one', async () => {
    const trouble = '\u0001'.repeat(1_000);
    const names = (n: number) => Array.from({ length: n }, (_, at) => `node-${at}.rack.example.org`);
    await lifeOf('c8').beat({ ...WELL, trouble, nodes: { names: names(280), bootstrap: [], ageMs: 0 } });
    expect(await lifeOf('c8', bot).seen()).toMatchObject({ trouble, nodes: { names: names(280) } });
    await lifeOf('c8').beat({ ...WELL, trouble, nodes: { names: names(600), bootstrap: [], ageMs: 0 } });
    expect(await lifeOf('c8', bot).seen()).toMatchObject({ trouble, nodes: null });
  });

  it.each([[undefined], ['another form'], [{ names: 7 }]])('of another version knows no nodes: %o', async (nodes) => {
    const said = { at: Date.now(), trouble: null, ...(nodes === undefined ? {} : { nodes }) };
    const signed = { ...said, ...proofOf('heartbeat', worker, [worker]).sign({ ...said, cluster: 'c9' }) };
    await bench.connect().hset('mk8s:c9:worker', 'beat', JSON.stringify(signed));
    const seen = await lifeOf('c9', bot).seen();
    expect(seen).toMatchObject({ nodes: null, who: null });
    expect(workerState(seen)).toEqual({ is: 'there' });
    expect(freshNodes(seen)).toBeNull();
  });

  it('shows the worker’s trouble until it ends', async () => {
    const life = lifeOf('c2');
    await life.beat({ ...WELL, trouble: 'The disk is full.' });
    expect(workerState(await lifeOf('c2', bot).seen())).toEqual({ is: 'hindered', says: 'The disk is full.' });
    await life.beat(WELL);
    expect(workerState(await lifeOf('c2', bot).seen())).toEqual({ is: 'there' });
  });

  it.each([
    ['of another key', async () => lifeOf('c3', stranger).beat({ ...WELL, trouble: 'Transfer the keys to me.' })],
    ['of the bot’s key', async () => lifeOf('c3', bot).beat(WELL)],
    [
      'of another cluster',
      async () => {
        await lifeOf('c4').beat(WELL);
        const redis = bench.connect();
        await redis.hset('mk8s:c3:worker', 'beat', (await redis.hget('mk8s:c4:worker', 'beat')) ?? '');
      },
    ],
    [
      'without a signature',
      async () => bench.connect().hset('mk8s:c3:worker', 'beat', '{"at":1,"trouble":"Call me."}'),
    ],
    ['of a megabyte', async () => bench.connect().hset('mk8s:c3:worker', 'beat', 'a'.repeat(2 ** 20))],
  ])('is not acted on with a signature %s', async (_of, plant) => {
    await plant();
    expect(workerState(await lifeOf('c3', bot).seen())).toEqual({ is: 'unverified' });
  });
});
