import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { botEntryProof } from '../../../../src/adapters/keys/entries.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { redisAnnouncements } from '../../../../src/adapters/redis/cards/announcements.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { announcementsContract } from '../../../contract/announcements.contract.ts';
import { cardsContract } from '../../../contract/cards.contract.ts';
import { changesContract } from '../../../contract/changes.contract.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, clock, redisBench } from '../server.ts';

const pair = newKeyPair();

changesContract('Redis', async () => {
  const bench = await redisBench();
  const proof = botEntryProof({ own: pair, bots: [pair], workers: [pair] });
  return { changes: redisChanges({ redis: bench.connect(), cluster: 'c1', proof }), close: bench.close };
});

cardsContract('Redis', async () => {
  const bench = await redisBench();
  const redis = bench.connect();
  return {
    cards: redisCards({ redis, clusters: ['c0', 'c1'], clock, proof: EVERY_STATEMENT }),
    changes: redisChanges({ redis, cluster: 'c1', proof: EVERY_ENTRY }),
    outlast: (ms) => clock.sleep(ms + 5, new AbortController().signal),
    close: bench.close,
  };
});

it('renews the lease of a card without an error of Redis, also in its last second', async () => {
  const bench = await redisBench();
  const redis = bench.connect();
  const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
  const renewals = async () => (await redis.info('commandstats')).match(/cmdstat_pexpire:calls=(\d+)/)?.[1] ?? '0';
  const errors = () => redis.info('errorstats');
  const before = await errors();
  await cards.whileLeased('c1-renew2', 3_500, async () => {
    await expect.poll(renewals, PATIENT).not.toBe('0');
  });
  expect(await errors()).toBe(before);
  await bench.close();
});

announcementsContract('Redis', async () => {
  const bench = await redisBench();
  const options = { clusters: ['c0', 'c1'], onError: () => undefined };
  const replica = () => redisAnnouncements({ redis: bench.connect(), ...options });
  const changes = redisChanges({ redis: bench.connect(), cluster: 'c1', proof: EVERY_ENTRY });
  return { changes, replica, close: bench.close };
});

describe('records in Redis', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await redisBench();
  });
  afterAll(() => bench?.close());

  const open = () => {
    const redis = bench.connect();
    return { redis, changes: redisChanges({ redis, cluster: 'c1', proof: EVERY_ENTRY }) };
  };

  it('lets exactly one of many connections append at a time', async () => {
    const connections = Array.from({ length: 5 }, open);
    const [first] = connections;
    await first?.changes.append('c1-many22', 0, events.requested('c1-many22'));
    const tries = connections.flatMap(({ changes }) => [1, 2].map(() => changes.append('c1-many22', 1, events.denied)));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  it.each([
    ['is no JSON', 'broken'],
    ['is of a type nobody knows', '{"type":"exploded","at":"2026-03-01T10:00:00Z"}'],
    ['has one member too many', '{"type":"started","at":"2026-03-01T10:00:00Z","by":"x"}'],
    ['would change a prototype', '{"type":"started","at":"2026-03-01T10:00:00Z","__proto__":{"is":"done"}}'],
    ['names a step __proto__', '{"type":"step-started","at":"2026-03-01T10:00:00Z","step":"__proto__"}'],
  ])('names the entry that cannot be believed when one %s', async (says, entry) => {
    const { redis, changes } = open();
    const id = `c1-forg${says.length}`;
    await changes.append(id, 0, events.requested(id));
    await redis.rpush(`mk8s:c1:change:${id}`, `{"event":${entry},"key":"","signature":""}`);
    expect(await changes.get(id)).toMatchObject({
      doubt: { is: 'unsigned', entries: [2] },
      events: [{ type: 'requested' }],
    });
  });

  it('refuses an entry that is too large, and keeps the record as it was', async () => {
    const { changes } = open();
    await changes.append('c1-large2', 0, events.requested('c1-large2'));
    const large = { ...events.failure, detail: 'x'.repeat(1_100_000) };
    const entry = { type: 'failed', at: events.halfway.at, failure: large } as const;
    await expect(changes.append('c1-large2', 1, entry)).rejects.toThrow(/larger than the limit of 1024 KiB/);
    expect((await changes.get('c1-large2'))?.version).toBe(1);
  });

  it('refuses entries of a full record, but can still end it', async () => {
    const { redis, changes } = open();
    await changes.append('c1-full22', 0, events.requested('c1-full22'));
    const more = Array.from({ length: 4_095 }, () =>
      JSON.stringify({ event: events.stepStarted, key: '', signature: '' }),
    );
    await redis.rpush('mk8s:c1:change:c1-full22', ...more);
    await expect(changes.append('c1-full22', 4_096, events.stepStarted)).rejects.toThrow(/is full/);
    expect(await changes.append('c1-full22', 4_096, events.failed)).toBe(true);
  });

  it('keeps an ended change ninety days, whatever the clock of the worker shows at its end', async () => {
    const { redis, changes } = open();
    for (const [id, at] of [
      ['c1-past22', '2020-01-01T00:00:00.000Z'],
      ['c1-ahead2', '2040-01-01T00:00:00.000Z'],
    ] as const) {
      await changes.append(id, 0, { ...events.requested(id), at });
      await changes.append(id, 1, { ...events.denied, at });
      expect(Math.round((await redis.pttl(`mk8s:c1:change:${id}`)) / 86_400_000)).toBe(90);
    }
  });

  it('keeps an ended change ninety days, with its card, and an open one for good', async () => {
    const { redis, changes } = open();
    const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    const days = async (kind: string) => Math.round((await redis.pttl(`mk8s:c1:${kind}:c1-kept22`)) / 86_400_000);
    await changes.append('c1-kept22', 0, events.requested('c1-kept22'));
    await cards.hang('c1-kept22', { channel: 'C1', ts: '1.2' });
    expect([await days('change'), await days('card')]).toEqual([-0, -0]);
    await changes.append('c1-kept22', 1, events.denied);
    await cards.claimReply('c1-kept22', 'denied', 1_000);
    expect([await days('change'), await days('state'), await days('card'), await days('replies')]).toEqual([
      90, 90, 90, 90,
    ]);
    await changes.append('c1-kept22', 2, events.approved('c1-kept22'));
    expect([await days('change'), await days('card')]).toEqual([-0, -0]);
  });

  it('forgets in a sweep what was swept before, so that the next one is cheap', async () => {
    const { redis, changes } = open();
    const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    await changes.append('c1-sweep2', 0, events.requested('c1-sweep2'));
    await redis.del('mk8s:c1:change:c1-sweep2', 'mk8s:c1:state:c1-sweep2');
    expect(await redis.sismember('mk8s:c1:behind', 'c1-sweep2')).toBe(1);
    expect(await cards.behind()).not.toContain('c1-sweep2');
    expect(await redis.sismember('mk8s:c1:behind', 'c1-sweep2')).toBe(0);
  });
});
