import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { redisAnnouncements } from '../../../../src/adapters/redis/cards/announcements.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { redisRemedy } from '../../../../src/adapters/redis/server/recover.ts';
import { isFailure } from '../../../../src/domain/answers/failure.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { aclBench } from '../acl-bench.ts';
import { type Bench, clock, redisBench } from '../server.ts';

const MIB = 1024 * 1024;

describe('announcements', () => {
  let bench: Bench;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    bench = await redisBench({ appendonly: true });
  });
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await bench?.close();
  });

  const changesOf = () => redisChanges({ redis: bench.connect(), cluster: 'c1', proof: EVERY_ENTRY });
  const ask = (id: string) => changesOf().append(id, 0, events.requested(id));

  /** A bot that draws nothing; `found` has what it would draw, by announcement or because its card is behind. */
  function bot({ redis = bench.connect(), clusters = ['c1'] } = {}) {
    const [stop, errors, found] = [new AbortController(), [] as unknown[], new Set<string>()];
    const cards = redisCards({ redis, clusters, clock, proof: EVERY_STATEMENT });
    const gaps: string[] = [];
    const heard: string[] = [];
    const look = async () => {
      for (const id of await cards.behind()) found.add(id);
      gaps.push('looked');
    };
    const listener = {
      changed: (id: string) => {
        heard.push(id);
        found.add(id);
      },
      missed: () => void look().catch((error) => errors.push(error)),
    };
    const ended = redisAnnouncements({ redis, clusters, onError: (error) => errors.push(error) }).listen(
      listener,
      stop.signal,
    );
    const end = async () => {
      stop.abort();
      await ended;
    };
    stops.push(end);
    const looked = (times: number) => vi.waitFor(() => expect(gaps.length).toBeGreaterThanOrEqual(times), PATIENT);
    const finds = (id: string) => vi.waitFor(() => expect([...found]).toContain(id), PATIENT);
    return { end, errors, heard, looked, finds };
  }

  it('resume after a lost connection; missed changes are found by the cards that are behind', async () => {
    const listening = bot();
    await listening.looked(1);
    await ask('c1-before');
    await listening.finds('c1-before');
    const redis = bench.connect();
    await redis.ping();
    // Both are sent by one connection before this process, the bot's too, can come back to Redis.
    const killed = redis.client('KILL', 'TYPE', 'PUBSUB');
    await redisChanges({ redis, cluster: 'c1', proof: EVERY_ENTRY }).append(
      'c1-missed',
      0,
      events.requested('c1-missed'),
    );
    expect(await killed).toBe(1);
    await listening.looked(2);
    await listening.finds('c1-missed');
    expect(listening.heard).toEqual(['c1-before']);
    await ask('c1-after2');
    await vi.waitFor(() => expect(listening.heard).toEqual(['c1-before', 'c1-after2']), PATIENT);
  });

  it('resume after Redis was killed, and no card is missed', async () => {
    const listening = bot();
    await listening.looked(1);
    await bench.server.stop();
    await bench.server.start();
    await ask('c1-during');
    await listening.finds('c1-during');
    await listening.looked(2);
    await ask('c1-after2');
    await vi.waitFor(() => expect(listening.heard).toContain('c1-after2'), PATIENT);
  });

  it('resume after Redis was emptied', async () => {
    const listening = bot();
    await listening.looked(1);
    await bench.connect().flushall();
    await ask('c1-after2');
    await vi.waitFor(() => expect(listening.heard).toEqual(['c1-after2']), PATIENT);
    expect(listening.errors).toEqual([]);
  });

  it('end while Redis is unreachable, so that a bot can restart during an outage', async () => {
    const listening = bot();
    await listening.looked(1);
    await bench.server.stop();
    await listening.end();
  });

  it('of any length are ignored unless they name a change, and a later one is heard', async () => {
    const listening = bot();
    await listening.looked(1);
    const redis = bench.connect();
    await redis.publish('mk8s:c1:announced', `${'c'.repeat(MIB)}-aaaaaa`);
    await vi.waitFor(() => expect(listening.errors).toHaveLength(1), PATIENT);
    // Redis closes a subscriber's connection before 32 MB wait for it (client-output-buffer-limit pubsub).
    await redis.publish('mk8s:c1:announced', 'x'.repeat(40 * MIB));
    await listening.looked(2);
    await redis.publish('mk8s:c1:announced', 'c1-aaaaaa');
    await listening.finds('c1-aaaaaa');
    expect(listening.heard).toEqual(['c1-aaaaaa']);
    expect(String(listening.errors[0]).length).toBeLessThan(200);
  });

  it('of another bot’s cluster are ignored, and invalid ones are reported', async () => {
    const listening = bot();
    await listening.looked(1);
    const redis = bench.connect();
    await redis.publish('mk8s:c2:announced', 'c2-abc234');
    await redis.publish('mk8s:c1:announced', 'c2-abc234');
    await redis.publish('mk8s:c1:announced', '__proto__');
    await redis.publish('mk8s:c1:announced', 'c1-abc234');
    await vi.waitFor(() => expect(listening.heard).toEqual(['c1-abc234']), PATIENT);
    expect(listening.errors.map(String)).toEqual(
      Array(2).fill(expect.stringContaining('does not name a change of that cluster')),
    );
  });

  it('of a thousand clusters cost a bot one connection and one subscription', async () => {
    const clusters = Array.from({ length: 1_000 }, (_, index) => `c${index}`);
    const listening = bot({ clusters });
    await listening.looked(1);
    await ask('c1-heard2');
    await vi.waitFor(() => expect(listening.heard).toEqual(['c1-heard2']), PATIENT);
    const admin = bench.connect();
    const subscribers = String(await admin.client('LIST', 'TYPE', 'PUBSUB')).trim();
    expect(subscribers.split('\n')).toHaveLength(1);
    expect(subscribers).toMatch(/ sub=0 psub=1 /);
  });
});

describe('announcements under users.acl of another version', () => {
  const BOT = 'registry-ha-bot';
  const WORKER = 'registry-ha-worker-c1';

  it('that lacks the channel: the bot logs the fix, and listens once it is applied', async () => {
    const bench = await aclBench(['c1']);
    const [admin, redis, stop] = [bench.as('admin'), bench.as(BOT), new AbortController()];
    await admin.call('ACL', 'SETUSER', BOT, 'resetchannels');
    const [errors, heard]: [unknown[], string[]] = [[], []];
    const listener = { changed: (id: string) => heard.push(id), missed: () => heard.push('missed') };
    const announcements = redisAnnouncements({ redis, clusters: ['c1'], onError: (error) => errors.push(error) });
    const ended = announcements.listen(listener, stop.signal);
    await vi.waitFor(() => expect(errors).not.toEqual([]), PATIENT);
    expect(redisRemedy(errors[0])).toContain('run `registry-ha redis acl` again');
    expect(heard).toEqual([]);
    await admin.call('ACL', 'LOAD');
    await vi.waitFor(() => expect(heard).toEqual(['missed']), PATIENT);
    await redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY }).append(
      'c1-heard2',
      0,
      events.requested('c1-heard2'),
    );
    await vi.waitFor(() => expect(heard).toEqual(['missed', 'c1-heard2']), PATIENT);
    stop.abort();
    await ended;
    await bench.close();
  });

  it('that lacks the channel: a worker’s entry fails before any write, with the fix', async () => {
    const bench = await aclBench(['c1']);
    const admin = bench.as('admin');
    const changes = redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY });
    await changes.append('c1-heard2', 0, events.requested('c1-heard2'));
    await admin.call('ACL', 'SETUSER', WORKER, 'resetchannels');
    const refused = await changes.append('c1-heard2', 1, events.denied).catch((error: unknown) => error);
    expect(isFailure(refused, 'redis') ? refused.report().next : '').toContain('run `registry-ha redis acl` again');
    expect((await changes.get('c1-heard2'))?.version).toBe(1);
    await bench.close();
  });
});
