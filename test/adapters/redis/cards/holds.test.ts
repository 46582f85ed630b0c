import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { proofOf } from '../../../../src/adapters/keys/statements.ts';
import { redisHolds } from '../../../../src/adapters/redis/cards/holds.ts';
import { clusterKeys } from '../../../../src/adapters/redis/server/keys.ts';
import type { Hold } from '../../../../src/domain/policy/hold.ts';
import { holdsContract } from '../../../contract/holds.contract.ts';
import { FakeHolds } from '../../../fakes/fake-holds.ts';
import { type Bench, redisBench } from '../server.ts';

const [bot, former, stranger] = [newKeyPair(), newKeyPair(), newKeyPair()];
const by = { id: 'U1', name: 'alice' };
const at = '2026-03-01T10:00:00.000Z';
const lock: Hold = { verb: 'lock', node: 'node-2', by, at };
const freeze: Hold = { verb: 'freeze', node: null, by, at, reason: 'year end' };

holdsContract('Redis', async () => {
  const bench = await redisBench();
  const holds = redisHolds({ redis: bench.connect(), cluster: 'c1', proof: proofOf('hold', bot, [bot]) });
  return { holds, close: bench.close };
});

holdsContract('FakeHolds', async () => ({ holds: new FakeHolds(), close: async () => undefined }));

describe('freezes and locks in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const holdsOf = (cluster: string, own = bot) =>
    redisHolds({ redis: bench.connect(), cluster, proof: proofOf('hold', own, [bot, former]) });
  const signed = (said: object, about: object, own = bot, kind: 'hold' | 'card' = 'hold') =>
    JSON.stringify({ ...said, ...proofOf(kind, own, []).sign({ ...said, ...about }) });
  const place = { cluster: 'c2', field: 'lock:node-2' };

  it.each([
    ['text', 'freeze', 'yes', 'unsigned'],
    ['a lock without a signature', 'lock:node-2', JSON.stringify(lock), 'unsigned'],
    ['a lock that a stranger has signed', 'lock:node-2', signed(lock, place, stranger), 'unsigned'],
    ['a lock of another cluster', 'lock:node-2', signed(lock, { ...place, cluster: 'c9' }), 'unsigned'],
    ['a lock of another node', 'lock:node-3', signed(lock, place), 'unsigned'],
    ['the signature of a card’s place', 'lock:node-2', signed(lock, place, bot, 'card'), 'unsigned'],
    ['a lock under a name that no bot uses', 'Send your password', JSON.stringify(lock), 'unsigned'],
    ['a verb of a newer version', 'lock:node-2', signed({ ...lock, verb: 'thaw' }, place), 'newer'],
    ['a format of a newer version', 'lock:node-2', signed({ ...lock, v: 2 }, place), 'newer'],
  ])('show nothing of %s, and keep it as an entry that can be lifted', async (_of, field, text, unread) => {
    const redis = bench.connect();
    const { holds: key } = clusterKeys('c2');
    await redis.del(key);
    await redis.hset(key, field, text);
    const holds = holdsOf('c2');
    const [entry] = await holds.all();
    expect(entry).toMatchObject({ unread });
    expect(JSON.stringify(entry)).not.toMatch(/alice|password|year end/);
    expect(entry !== undefined && (await holds.lift(entry))).toBe(true);
    expect(await redis.exists(key)).toBe(0);
  });

  it('ignore fields of newer versions, because they stop changes all the same', async () => {
    const about = { cluster: 'c3', field: 'lock:node-2' };
    await bench
      .connect()
      .hset(clusterKeys('c3').holds, 'lock:node-2', signed({ ...lock, v: 1, ticket: 'OPS-1' }, about));
    expect(await holdsOf('c3').all()).toEqual([lock]);
    expect(await holdsOf('c3').lift(lock)).toBe(true);
  });

  it('are lifted also after the bot got a new key', async () => {
    await holdsOf('c4', former).set(freeze);
    const holds = holdsOf('c4');
    expect(await holds.all()).toEqual([freeze]);
    expect(await holds.lift(freeze)).toBe(true);
  });

  it('are not lifted when another entry has taken their place', async () => {
    const holds = holdsOf('c5');
    await holds.set(freeze);
    const [before] = await holds.all();
    await bench.connect().hset(clusterKeys('c5').holds, 'freeze', 'yes');
    expect(before !== undefined && (await holds.lift(before))).toBe(false);
    expect(await holds.all()).toMatchObject([{ unread: 'unsigned' }]);
  });

  it('are set again without harm, when the answer to the first attempt was lost', async () => {
    const holds = holdsOf('c6');
    expect(await holds.set(lock)).toBe(true);
    expect(await holds.set(lock)).toBe(true);
    expect(await holds.set({ ...lock, reason: 'disk' })).toBe(false);
  });
});
