import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisProofs } from '../../../../src/adapters/redis/lease/proofs.ts';
import { PROVEN, proofsContract } from '../../../contract/proofs.contract.ts';
import { FakeProofBoard } from '../../../fakes/fake-proof-board.ts';
import { type Bench, redisBench } from '../server.ts';

const [worker, bot, stranger] = [newKeyPair(), newKeyPair(), newKeyPair()];
const [KEY, ASKED] = ['mk8s:c1:proof', 'mk8s:c1:proof-asked'];
const ENDED = { is: 'ended', request: 7, result: PROVEN, journal: { line: 28, hash: 'a'.repeat(64) } } as const;

proofsContract('Redis', async () => {
  const bench = await redisBench();
  const boardOf = (own: typeof worker) =>
    redisProofs({ redis: bench.connect(), cluster: 'c1', proof: proofOf('proof', own, [worker]) });
  return { worker: boardOf(worker), bot: boardOf(bot), close: bench.close };
});

proofsContract('FakeProofBoard', async () => {
  const board = new FakeProofBoard();
  return { worker: board, bot: board, close: async () => undefined };
});

describe('proofs of a cluster in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const boardOf = (own = bot, cluster = 'c1') =>
    redisProofs({ redis: bench.connect(), cluster, proof: proofOf('proof', own, [worker]) });

  it('are unverified when a stranger, a bot or the worker of another cluster has signed them', async () => {
    for (const own of [stranger, bot]) {
      await boardOf(own).put(ENDED);
      expect(await boardOf().seen()).toEqual({ is: 'unverified' });
    }
    await boardOf(worker, 'c2').put(ENDED);
    const redis = bench.connect();
    await redis.set(KEY, (await redis.get('mk8s:c2:proof')) ?? '');
    expect(await boardOf().seen()).toEqual({ is: 'unverified' });
  });

  it('are newer when this version does not know their form; unknown fields are ignored', async () => {
    const sign = proofOf('proof', worker, [worker]);
    const put = async (report: object, v = 1) => {
      const said = { v, at: Date.now() - 90_000, report };
      await bench.connect().set(KEY, JSON.stringify({ ...said, ...sign.sign({ ...said, cluster: 'c1' }) }));
    };
    await put({ ...ENDED, is: 'paused' });
    expect(await boardOf().seen()).toEqual({ is: 'newer' });
    await put(ENDED, 2);
    expect(await boardOf().seen()).toEqual({ is: 'newer' });
    await put({ ...ENDED, result: { ...PROVEN, cut: { is: 'eclipse', says: 'It was dark.' } } });
    expect(await boardOf().seen()).toEqual({ is: 'newer' });
    await put({ ...ENDED, moon: 'full' });
    expect(await boardOf().seen()).toMatchObject({ is: 'seen', report: ENDED, ageMs: expect.closeTo(90_000, -5) });
  });

  it.each(['x'.repeat(300_000), 'no JSON', '{}', '[]', '{"key":"k","signature":"s"}'])(
    'are unverified when the text is no report: %.20s',
    async (text) => {
      await bench.connect().set(KEY, text);
      expect(await boardOf().seen()).toEqual({ is: 'unverified' });
    },
  );

  it.each([
    'x'.repeat(20_000),
    'soon',
    '[]',
    '{"request":0,"wish":{"nodes":[],"deep":false}}',
    '{"request":1,"wish":{"nodes":["a; rm -rf /"],"deep":false}}',
    `{"request":1,"wish":{"nodes":${JSON.stringify(Array.from({ length: 21 }, (_, at) => `node-${at}`))},"deep":true}}`,
    '{"request":1,"wish":{"nodes":"node-2","deep":"yes"}}',
  ])('are not asked for by what no bot writes, which makes room for a request: %.40s', async (text) => {
    await bench.connect().set(ASKED, text);
    expect(await boardOf(worker).take()).toBeNull();
    expect(await boardOf().ask({ nodes: [], deep: false })).toBeGreaterThan(0);
    expect(await boardOf(worker).take()).toMatchObject({ nodes: [], deep: false });
  });

  it('are not asked for any more two minutes after a request that no worker took', async () => {
    await boardOf().ask({ nodes: [], deep: false });
    const ttl = await bench.connect().pttl(ASKED);
    expect(ttl).toBeGreaterThan(60_000);
    expect(ttl).toBeLessThanOrEqual(120_000);
  });
});
