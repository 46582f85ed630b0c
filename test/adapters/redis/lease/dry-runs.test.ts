import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisDryRuns } from '../../../../src/adapters/redis/lease/dry-runs.ts';
import type { DryRunRequest } from '../../../../src/ports/dry-runs.ts';
import { dryRunsContract, PLANNED } from '../../../contract/dry-runs.contract.ts';
import { FakeDryRuns } from '../../../fakes/fake-dry-runs.ts';
import { type Bench, redisBench } from '../server.ts';

const [worker, bot, stranger] = [newKeyPair(), newKeyPair(), newKeyPair()];
const ASKED = 'mk8s:lab:dry-runs-asked';
const keyOf = (request: string, cluster = 'lab') => `mk8s:${cluster}:dry-run:${request}`;

dryRunsContract('Redis', async () => {
  const bench = await redisBench();
  const of = (own: typeof worker) =>
    redisDryRuns({ redis: bench.connect(), cluster: 'lab', proof: proofOf('dry-run', own, [worker]) });
  return { worker: of(worker), bot: of(bot), close: bench.close };
});

dryRunsContract('FakeDryRuns', async () => {
  const dryRuns = new FakeDryRuns();
  return { worker: dryRuns, bot: dryRuns, close: async () => undefined };
});

describe('dry runs of a cluster in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const of = (own = bot, cluster = 'lab') =>
    redisDryRuns({ redis: bench.connect(), cluster, proof: proofOf('dry-run', own, [worker]) });

  async function asked(): Promise<DryRunRequest> {
    const request = (await of().ask(PLANNED.intent)) ?? '';
    return { request, intent: PLANNED.intent };
  }

  it('are unverified when a stranger, a bot or the worker of another cluster has signed them', async () => {
    const request = await asked();
    for (const own of [stranger, bot]) {
      await of(own).put(request, PLANNED);
      expect(await of().seen(request.request)).toEqual({ is: 'unverified' });
    }
    await of(worker, 'c2').put(request, PLANNED);
    const redis = bench.connect();
    await redis.set(keyOf(request.request), (await redis.get(keyOf(request.request, 'c2'))) ?? '');
    expect(await of().seen(request.request)).toEqual({ is: 'unverified' });
  });

  it('are unverified when the answer is that to another request', async () => {
    const [old, now] = [await asked(), await asked()];
    await of(worker).put(old, PLANNED);
    const redis = bench.connect();
    await redis.set(keyOf(now.request), (await redis.get(keyOf(old.request))) ?? '');
    expect(await of().seen(now.request)).toEqual({ is: 'unverified' });
  });

  it('are newer when this version does not know their form; unknown fields are ignored', async () => {
    const sign = proofOf('dry-run', worker, [worker]);
    const request = 'b3b6e8f0-0000-4000-8000-000000000000';
    const put = async (dryRun: object, v = 1) => {
      const said = { v, at: Date.now(), request, dryRun };
      await bench.connect().set(keyOf(request), JSON.stringify({ ...said, ...sign.sign({ ...said, cluster: 'lab' }) }));
    };
    await put({ ...PLANNED, found: { is: 'dreamt' } });
    expect(await of().seen(request)).toEqual({ is: 'newer' });
    await put(PLANNED, 2);
    expect(await of().seen(request)).toEqual({ is: 'newer' });
    await put({ ...PLANNED, moon: 'full' });
    expect(await of().seen(request)).toEqual({ is: 'seen', dryRun: PLANNED });
  });

  it.each(['x'.repeat(1_100_000), 'no JSON', '{}', '[]', '{"key":"k","signature":"s"}'])(
    'are unverified when the text is no answer: %.20s',
    async (text) => {
      await bench.connect().set(keyOf('some'), text);
      expect(await of().seen('some')).toEqual({ is: 'unverified' });
    },
  );

  const ID = '"request":"b3b6e8f0-0000-4000-8000-000000000000"';
  it.each([
    'x'.repeat(20_000),
    'soon',
    '[]',
    `{"intent":{"cluster":"lab","nodes":["node-2"],"verb":"add"},"request":"1"}`,
    `{"intent":{"cluster":"lab","nodes":["a; rm -rf /"],"verb":"add"},${ID}}`,
    `{"intent":{"cluster":"c2","nodes":["node-2"],"verb":"add"},${ID}}`,
    `{"intent":{"cluster":"lab","nodes":["node-2"],"verb":"destroy"},${ID}}`,
    `{"intent":{"cluster":"lab","nodes":${JSON.stringify(Array.from({ length: 21 }, (_, n) => `n-${n}`))},"verb":"add"},${ID}}`,
    `{ "intent":{"cluster":"lab","nodes":["node-2"],"verb":"add"},${ID}}`,
  ])('are not asked for by what no bot writes, which is removed: %.60s', async (text) => {
    await bench.connect().del(ASKED);
    await bench.connect().zadd(ASKED, String(Date.now() * 1000), text);
    expect(await of(worker).next()).toBeNull();
    expect(await bench.connect().zcard(ASKED)).toBe(0);
  });

  it('are not asked for any more five minutes after a request, and answers are kept for ten', async () => {
    const redis = bench.connect();
    await redis.del(ASKED);
    const request = await asked();
    expect(await redis.pttl(ASKED)).toBeGreaterThan(240_000);
    const [member = ''] = await redis.zrange(ASKED, '0', '0');
    await redis.zadd(ASKED, String((Date.now() - 301_000) * 1000), member);
    expect(await of(worker).next()).toBeNull();
    await of(worker).put(request, PLANNED);
    const ttl = await redis.pttl(keyOf(request.request));
    expect(ttl).toBeGreaterThan(500_000);
    expect(ttl).toBeLessThanOrEqual(600_000);
  });
});
