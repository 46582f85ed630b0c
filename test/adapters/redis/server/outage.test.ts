import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { redisAnnouncements } from '../../../../src/adapters/redis/cards/announcements.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from '../../../../src/adapters/redis/server/connection.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, clock, redisBench } from '../server.ts';

describe('when Redis or a replica goes away', () => {
  let bench: Bench;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    bench = await redisBench({ appendonly: true });
  });
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await bench?.close();
  });

  const changesOf = () => redisChanges({ redis: bench.connect(), cluster: 'c1', clock, proof: EVERY_ENTRY });

  /** A listening replica; `die` cuts its connections without a word. */
  function replica(name: string, onChanged: (id: string) => Promise<void>) {
    const [stop, redis, errors] = [new AbortController(), bench.connect(), [] as unknown[]];
    const options = { redis, clusters: ['c1'], replica: name, takeOverMs: 500 };
    const listener = redisAnnouncements({ ...options, onError: (error) => errors.push(error) });
    const ended = listener.listen(onChanged, stop.signal);
    const end = async () => {
      stop.abort();
      await ended;
    };
    stops.push(end);
    return { end, errors, die: () => redis.disconnect() };
  }

  it('gives what a dead replica had in hand to another one', async () => {
    const inHand: string[] = [];
    const heard: string[] = [];
    const dying = replica('bot-1', (id) => {
      inHand.push(id);
      return new Promise(() => undefined);
    });
    await changesOf().append('c1-dying2', 0, events.requested('c1-dying2'));
    await vi.waitFor(() => expect(inHand).toEqual(['c1-dying2']), PATIENT);
    dying.die();
    replica('bot-2', async (id) => void heard.push(id));
    await vi.waitFor(() => expect(heard).toEqual(['c1-dying2']), PATIENT);
  });

  it('loses nothing when Redis is killed, and goes on listening', async () => {
    const [changes, heard] = [changesOf(), [] as string[]];
    replica('bot-1', async (id) => void heard.push(id));
    await changes.append('c1-before', 0, events.requested('c1-before'));
    await vi.waitFor(() => expect(heard).toContain('c1-before'), PATIENT);
    await bench.server.stop();
    const during = changes.append('c1-during', 0, events.requested('c1-during'));
    await bench.server.start();
    expect(await during).toBe(true);
    expect((await changes.get('c1-before'))?.version).toBe(1);
    await changes.append('c1-after2', 0, events.requested('c1-after2'));
    await vi.waitFor(() => expect(heard).toEqual(expect.arrayContaining(['c1-during', 'c1-after2'])), PATIENT);
  });

  it('goes on listening after somebody has emptied Redis', async () => {
    const [changes, heard] = [changesOf(), [] as string[]];
    const { errors } = replica('bot-1', async (id) => void heard.push(id));
    await changes.append('c1-before', 0, events.requested('c1-before'));
    await vi.waitFor(() => expect(heard).toContain('c1-before'), PATIENT);
    await bench.connect().flushall();
    await changes.append('c1-after2', 0, events.requested('c1-after2'));
    await vi.waitFor(() => expect(heard).toContain('c1-after2'), PATIENT);
    expect(errors).toEqual([]);
  });

  it('stops listening while Redis is away, so that a bot can be restarted during an outage', async () => {
    const heard: string[] = [];
    const { end } = replica('bot-1', async (id) => void heard.push(id));
    await changesOf().append('c1-before', 0, events.requested('c1-before'));
    await vi.waitFor(() => expect(heard).toContain('c1-before'), PATIENT);
    await bench.server.stop();
    await end();
  });

  it('names an announcement of another cluster, and tells nobody of it', async () => {
    const heard: string[] = [];
    const { errors } = replica('bot-1', async (id) => void heard.push(id));
    const redis = bench.connect();
    await redis.xadd('mk8s:c1:announced', '*', 'id', 'c2-abc234');
    await redis.xadd('mk8s:c1:announced', '*', 'id', 'c1-abc234');
    await vi.waitFor(() => expect(heard).toEqual(['c1-abc234']), PATIENT);
    expect(String(errors[0])).toContain('no change of their cluster');
    await vi.waitFor(async () => expect((await redis.xpending('mk8s:c1:announced', 'bots'))[0]).toBe(0), PATIENT);
  });

  it('reports an entry as failed when Redis does not answer, and never makes it later', async () => {
    const changes = changesOf();
    expect(await changes.get('c1-frozen')).toBeNull();
    await bench.server.stop();
    await expect(changes.append('c1-frozen', 0, events.requested('c1-frozen'))).rejects.toMatchObject({
      kind: 'redis',
    });
    await bench.server.start();
    expect(await changesOf().get('c1-frozen')).toBeNull();
    await vi.waitFor(async () => expect(await changes.get('c1-frozen')).toBeNull(), PATIENT);
  });

  it('tells that a claim failed when Redis hangs, and closes all the same', async () => {
    const redis = connectRedis({ url: bench.server.url, onError: () => undefined });
    await redis.ping();
    const cards = redisCards({ redis, clusters: ['c1'], clock });
    bench.server.freeze(true);
    try {
      await expect(cards.claimReply('c1-frozen', 'done', 1_000)).rejects.toMatchObject({ kind: 'redis' });
      await closeRedis(redis);
      expect(redis.status).toBe('end');
    } finally {
      bench.server.freeze(false);
    }
  });
});
