import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisHolds } from '../../../../src/adapters/redis/cards/holds.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { EntryCache } from '../../../../src/adapters/redis/record/record-reader.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, clock, redisBench } from '../server.ts';

const MIB = 1024 * 1024;
const [bot, stranger] = [newKeyPair(), newKeyPair()];

describe('what is read from Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const changesWith = (cache: EntryCache) =>
    redisChanges({ redis: bench.connect(), cluster: 'c1', proof: EVERY_ENTRY, cache });
  const cardsWith = (own: typeof bot, onForged: () => void = () => undefined) =>
    redisCards({ redis: bench.connect(), clusters: ['c1'], clock, proof: proofOf('card', own, [bot]), onForged });

  it.each([
    [
      'forty entries of two MiB',
      (key: string) => Array.from({ length: 40 }, () => bench.connect().rpush(key, 'a'.repeat(2 * MIB))),
    ],
    [
      'ten thousand entries',
      (key: string) => [
        bench.connect().rpush(key, ...Array.from({ length: 10_000 }, () => JSON.stringify(events.planned))),
      ],
    ],
  ])('has a limit: a record with %s is doubted, and its excess is never transferred', async (_of, plant) => {
    const cache = new EntryCache(1_000 * MIB);
    const changes = changesWith(cache);
    const id = `c1-large${_of.startsWith('f') ? 2 : 3}`;
    await changes.append(id, 0, events.requested(id));
    await Promise.all(plant(`mk8s:c1:change:${id}`));
    // A busy machine needs longer for 80 MiB than a command may take.
    const stored = await vi.waitFor(() => changes.get(id), PATIENT);
    expect(stored?.doubt?.is).toBe('unsigned');
    expect(stored?.version).toBeGreaterThan(40);
    expect(cache.size).toBeLessThan(10 * MIB);
    expect(stored?.doubt?.entries.length).toBeLessThan(4_200);
  });

  it('forgets the records of one cluster, when its worker has other keys', () => {
    const cache = new EntryCache();
    for (const id of ['c1-aaaaaa', 'c1-x-aaaaaa', 'c2-aaaaaa'])
      cache.keep(id, [{ text: 'x'.repeat(10), doubt: 'unsigned' }]);
    cache.forget('c1');
    expect(['c1-aaaaaa', 'c1-x-aaaaaa', 'c2-aaaaaa'].map((id) => cache.get(id).length)).toEqual([0, 1, 1]);
    expect(cache.size).toBe(20);
  });

  it('is cached within one limit for all clusters', async () => {
    const cache = new EntryCache(4_000);
    for (let n = 0; n < 30; n += 1) {
      const id = `c1-cache${'abcdefghijkmnpqrstuvwxyz234567'.charAt(n)}`;
      const changes = changesWith(cache);
      await changes.append(id, 0, events.requested(id));
      expect((await changes.get(id))?.change.id).toBe(id);
      expect(cache.size).toBeLessThanOrEqual(4_000);
    }
    expect(cache.size).toBeGreaterThan(1_000);
  });

  it('leaves out progress that is too large, or among too many fields', async () => {
    const changes = changesWith(new EntryCache());
    const id = 'c1-fields';
    await changes.append(id, 0, events.requested(id));
    await changes.progress(id, events.halfway);
    const key = `mk8s:c1:state:${id}`;
    await bench.connect().hset(key, 'progress:other', 'a'.repeat(MIB), 'revision', '9'.repeat(MIB));
    expect(await changes.get(id)).toMatchObject({ progress: [events.halfway], revision: 1 });
    await bench
      .connect()
      .hset(key, Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`progress:${n}`, '{}'])));
    expect((await changes.get(id))?.progress).toEqual([]);
  });

  it('does not name a card’s place unless a bot signed that place for that change', async () => {
    let forged = 0;
    const cards = cardsWith(bot, () => {
      forged += 1;
    });
    const redis = bench.connect();
    const [mine, other] = ['c1-mine22', 'c1-other2'];
    await cards.hang(mine, { channel: 'C1', ts: '1.2' });
    await cards.hang(other, { channel: 'C1', ts: '9.9' });
    expect(await cards.place(mine)).toEqual({ channel: 'C1', ts: '1.2' });
    const moved = (await redis.hget(`mk8s:c1:card:${other}`, 'place')) ?? '';
    for (const text of [moved, '{"channel":"C1","ts":"9.9"}', 'a'.repeat(MIB), '['.repeat(4_000)]) {
      await redis.hset(`mk8s:c1:card:${mine}`, 'place', text);
      expect(await cards.place(mine)).toBeNull();
    }
    await cardsWith(stranger).hang(mine, { channel: 'C1', ts: '9.9' });
    expect(await cards.place(mine)).toBeNull();
    expect(forged).toBe(5);
  });

  it('reports the place that a newer version wrote once, and not as forged', async () => {
    const reports: string[] = [];
    const cards = redisCards({
      ...{ redis: bench.connect(), clusters: ['c1'], clock, proof: proofOf('card', bot, [bot]) },
      onForged: () => reports.push('forged'),
      onNewer: () => reports.push('newer'),
    });
    const id = 'c1-newer2';
    const newer = { v: 2, channel: 'C1', ts: '1.2' };
    const text = { ...newer, ...proofOf('card', bot, []).sign({ ...newer, change: id }) };
    await bench.connect().hset(`mk8s:c1:card:${id}`, 'place', JSON.stringify(text));
    expect([await cards.place(id), await cards.place(id)]).toEqual(['newer', 'newer']);
    expect(await cards.known(id)).toBeNull();
    expect(reports).toEqual(['newer']);
  });

  it('ignores list members that are no change IDs, whatever their size', async () => {
    const redis = bench.connect();
    await redis.sadd('mk8s:c1:open', 'c1-open22', 'c2-open22', 'a'.repeat(MIB), '__proto__');
    expect(await changesWith(new EntryCache()).open()).toContain('c1-open22');
    expect(await changesWith(new EntryCache()).open()).not.toContain('c2-open22');
    await redis.sadd('mk8s:c1:behind', 'a'.repeat(MIB), 'c1-open22');
    await redis.hset('mk8s:c1:state:c1-open22', 'revision', 'many');
    const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    expect(await cards.behind()).not.toContain('c1-open22');
  });

  it('stops every start when the freezes are larger than a bot can have written', async () => {
    const redis = bench.connect();
    const stopped = { what: expect.stringContaining('no change starts') };
    const holds = redisHolds({ redis, proof: EVERY_STATEMENT, cluster: 'c1' });
    await redis.hset('mk8s:c1:holds', 'lock:node-2', 'a'.repeat(3 * MIB));
    await expect(holds.all()).rejects.toMatchObject(stopped);
    await redis.del('mk8s:c1:holds');
    for (let n = 0; n <= 1_000; n += 1) await redis.hset('mk8s:c1:holds', `lock:node-${n}`, '{}');
    await expect(holds.all()).rejects.toMatchObject(stopped);
  });
});
