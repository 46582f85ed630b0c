import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { botEntryProof, workerEntryProof } from '../../../../src/adapters/keys/entries.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { begin } from '../../../../src/app/apply/begin.ts';
import { ChangeRecord } from '../../../../src/app/record/change-record.ts';
import type { ChangeEvent, ChangeId } from '../../../../src/domain/change/change.ts';
import type { EntryProof } from '../../../../src/domain/change/record-entry.ts';
import type { Changes } from '../../../../src/ports/record.ts';
import * as events from '../../../contract/changes-events.ts';
import { FakeJournal } from '../../../fakes/fake-journal.ts';
import { type Bench, redisBench } from '../server.ts';

const [botKey, workerKey, otherWorker, mallory] = [newKeyPair(), newKeyPair(), newKeyPair(), newKeyPair()];
const mark = { line: 7, hash: 'ab'.repeat(32) };
const at = events.halfway.at;
const wish: ChangeEvent = { at, type: 'cancel-requested', by: { id: 'U9', name: 'mallory' } };

const bot = botEntryProof({ own: botKey, bots: [botKey], workers: [workerKey] });
const worker = workerEntryProof({ own: workerKey, bots: [botKey], workers: [workerKey] });

const unsigned = (...entries: readonly number[]) => ({ is: 'unsigned', entries });

describe('entries in Redis that somebody has tampered with', () => {
  let bench: Bench;
  let redis: Redis;
  let made = 0;
  beforeAll(async () => {
    bench = await redisBench();
    redis = bench.connect();
  });
  afterAll(() => bench?.close());

  const changes = (proof: EntryProof, cluster = 'c1'): Changes => redisChanges({ redis, cluster, proof });
  const keyOf = (id: ChangeId) => `mk8s:c1:change:${id}`;

  /** A change that alice asked for, the worker planned, bob approved, and the worker began. */
  async function begun(byWorker: EntryProof = worker): Promise<ChangeId> {
    const id = `c1-abc${100 + ++made}`;
    const writers = [bot, byWorker, bot, byWorker, byWorker];
    const all = [events.requested(id), events.planned(id), events.approved(id), events.started, events.stepStarted];
    for (const [version, event] of all.entries()) {
      const proof = writers[version] ?? bot;
      await changes(proof).append(id, version, event, proof === bot ? undefined : mark);
    }
    return id;
  }

  const seen = async (id: ChangeId, proof = bot) => {
    const stored = await changes(proof).get(id);
    return { doubt: stored?.doubt, state: stored?.change.state, mark: stored?.mark };
  };

  /** An entry as somebody would sign it, for any place. */
  async function signedBy(proof: EntryProof, id: ChangeId, version: number, event: ChangeEvent): Promise<string> {
    const scratch = redisChanges({ redis: bench.connect(), cluster: 'c1', proof });
    const copy = `${id.slice(0, -1)}z`;
    expect(copy).not.toBe(id);
    await redis.del(keyOf(copy));
    for (let n = 0; n < version; n += 1) await redis.rpush(keyOf(copy), 'x');
    const text = await signedAt(scratch, copy, version, event);
    await redis.del(keyOf(copy));
    return text;
  }

  async function signedAt(store: Changes, id: ChangeId, version: number, event: ChangeEvent): Promise<string> {
    await store.append(id, version, event);
    return (await redis.lindex(keyOf(id), version)) ?? '';
  }

  it('are believed as long as bot and worker wrote them, and the end tells its line of the journal', async () => {
    const id = await begun();
    expect(await seen(id)).toEqual({ doubt: undefined, state: 'applying', mark });
    await changes(worker).append(id, 5, events.done, { ...mark, line: 9 });
    expect(await seen(id)).toEqual({ doubt: undefined, state: 'done', mark: { ...mark, line: 9 } });
    expect(await seen(id, worker)).toMatchObject({ doubt: undefined, state: 'done' });
  });

  const forgeries: readonly [string, (id: ChangeId) => Promise<unknown>, readonly number[]][] = [
    ['an end without a signature', (id) => redis.rpush(keyOf(id), JSON.stringify(events.done)), [6]],
    ['an end with an empty signature', (id) => changes(EVERY_ENTRY).append(id, 5, events.done), [6]],
    ['text that is no entry', (id) => redis.rpush(keyOf(id), 'nonsense'), [6]],
    [
      'an end signed by a key that nobody trusts',
      (id) => changes(botEntryProof({ own: mallory, bots: [], workers: [] })).append(id, 5, events.done, mark),
      [6],
    ],
    [
      'an end signed by another cluster’s worker',
      (id) => changes(workerEntryProof({ own: otherWorker, bots: [], workers: [] })).append(id, 5, events.done, mark),
      [6],
    ],
    [
      'an end signed under the name of a trusted key',
      (id) =>
        changes(workerEntryProof({ own: { ...mallory, name: workerKey.name }, bots: [], workers: [] })).append(
          id,
          5,
          events.done,
        ),
      [6],
    ],
    ['a bot’s entry signed by the worker', (id) => changes(worker).append(id, 5, wish), [6]],
    ['an end of the worker’s signed by a bot', (id) => changes(bot).append(id, 5, events.done), [6]],
    ['a failure of the worker’s signed by a bot', (id) => changes(bot).append(id, 5, events.failed), [6]],
    [
      'an entry of another change',
      async (id) => redis.rpush(keyOf(id), await signedBy(worker, id, 5, events.done)),
      [6],
    ],
    [
      'an entry written a second time',
      async (id) => redis.rpush(keyOf(id), (await redis.lindex(keyOf(id), 3)) ?? ''),
      [6],
    ],
    ['an entry taken out', async (id) => redis.lrem(keyOf(id), 1, (await redis.lindex(keyOf(id), 2)) ?? ''), [3, 4]],
    ['the request exchanged', (id) => redis.lset(keyOf(id), 0, JSON.stringify(events.requested(id))), [1]],
    ['the request made unreadable', (id) => redis.lset(keyOf(id), 0, '[]'), [1]],
    [
      'another person written into the approval',
      async (id) => redis.lset(keyOf(id), 2, ((await redis.lindex(keyOf(id), 2)) ?? '').replaceAll('U2', 'U9')),
      [3],
    ],
    [
      'another line of the journal named',
      async (id) =>
        redis.lset(keyOf(id), 4, ((await redis.lindex(keyOf(id), 4)) ?? '').replace('"line":7', '"line":8')),
      [5],
    ],
  ];

  it.each(forgeries)('are named and not believed: %s', async (_what, forge, places) => {
    const id = await begun();
    await forge(id);
    const stored = await seen(id);
    expect(stored.doubt).toEqual(unsigned(...places));
    expect(stored.state).not.toBe('done');
    expect(stored.state).not.toBe('failed');
  });

  describe('what people said at the terminal', () => {
    const byLogin: ChangeEvent = { at, type: 'cancel-requested', by: { id: 'login:bob', name: 'bob' } };

    it('is believed from the cluster’s worker alone, by the bot and by the worker itself', async () => {
      const id = await begun();
      await changes(worker).append(id, 5, byLogin);
      expect(await seen(id)).toMatchObject({ doubt: undefined, state: 'applying' });
      expect((await changes(worker).get(id))?.change.cancelAskedBy).toEqual(byLogin.by);
    });

    it.each<[string, EntryProof]>([
      ['nobody', EVERY_ENTRY],
      ['a bot', bot],
      ['another cluster’s worker', workerEntryProof({ own: otherWorker, bots: [], workers: [] })],
    ])('is not believed with the signature of %s', async (_who, proof) => {
      const id = await begun();
      await changes(proof).append(id, 5, byLogin);
      for (const reader of [bot, worker]) expect((await seen(id, reader)).doubt).toEqual(unsigned(6));
    });
  });

  describe('a request that is told again, because Redis had lost its record', () => {
    const again = (id: ChangeId): ChangeEvent => ({ ...events.requested(id), retold: { approvals: 1 } });
    const someone = workerEntryProof({ own: otherWorker, bots: [], workers: [] });

    it('is believed from the cluster’s worker, by the bot and by the worker itself', async () => {
      const id = `c1-abc${100 + ++made}`;
      expect(await changes(worker).append(id, 0, again(id))).toBe(true);
      expect(await seen(id)).toMatchObject({ doubt: undefined });
      expect(await seen(id, worker)).toMatchObject({ doubt: undefined });
    });

    it.each([
      ['a bot', bot, again],
      ['another cluster’s worker', someone, again],
      ['a worker that says it is the first time', worker, events.requested],
    ])('is not believed from %s: who asked must not approve', async (_who, proof, request) => {
      const id = `c1-abc${100 + ++made}`;
      expect(await changes(proof).append(id, 0, request(id))).toBe(true);
      expect((await seen(id)).doubt).toEqual(unsigned(1));
      expect((await seen(id, worker)).doubt).toEqual(unsigned(1));
    });

    it('is not believed without a signature', async () => {
      const id = `c1-abc${100 + ++made}`;
      await redis.rpush(keyOf(id), JSON.stringify(again(id)));
      expect((await seen(id)).doubt).toEqual(unsigned(1));
      expect((await seen(id, worker)).doubt).toEqual(unsigned(1));
    });
  });

  it('stay named when what is true is written behind them, and it is believed', async () => {
    const id = await begun();
    await redis.rpush(keyOf(id), JSON.stringify(events.denied));
    await changes(worker).append(id, 6, events.done, mark);
    expect(await seen(id)).toMatchObject({ doubt: unsigned(6), state: 'done' });
  });

  it('are found again although a reader has seen the true record before', async () => {
    const id = await begun();
    const reader = changes(bot);
    expect((await reader.get(id))?.doubt).toBeUndefined();
    await redis.lset(keyOf(id), 4, JSON.stringify(events.done));
    expect((await reader.get(id))?.doubt).toEqual(unsigned(5));
  });

  it('cannot make a worker stop: cancelled, and a wish to cancel, count only when somebody trusted signed it', async () => {
    const ended = await begun();
    await redis.rpush(keyOf(ended), JSON.stringify({ at, type: 'cancelled', by: { id: 'U9', name: 'mallory' } }));
    expect((await changes(worker).get(ended))?.change.state).toBe('applying');
    await changes(bot).append(ended, 6, { at, type: 'cancelled', by: { id: 'U2', name: 'bob' } });
    expect((await changes(worker).get(ended))?.change.state).toBe('cancelled');
    const id = await begun();
    await redis.rpush(keyOf(id), JSON.stringify(wish));
    expect((await changes(worker).get(id))?.change.cancelAskedBy).toBeUndefined();
    await changes(bot).append(id, 6, wish);
    expect((await changes(worker).get(id))?.change.cancelAskedBy).toEqual({ id: 'U9', name: 'mallory' });
  });

  it.each([
    ['nobody trusted', () => workerEntryProof({ own: mallory, bots: [botKey], workers: [mallory] }), false],
    ['a worker that died before it could journal it', () => worker, true],
  ])(
    'a start that %s has signed is not taken into the journal unless it is the worker’s own',
    async (_, proof, own) => {
      const id = `c1-abc${100 + ++made}`;
      for (const [version, event] of [events.requested(id), events.planned(id), events.approved(id)].entries())
        await changes(version === 1 ? worker : bot).append(id, version, event);
      const forged: ChangeEvent = { type: 'started', at: '2020-01-01T00:00:00.000Z' };
      await changes(proof()).append(id, 3, forged);
      expect((await changes(worker).get(id))?.foreignStarts).toEqual(own ? undefined : [forged]);
      const journal = new FakeJournal();
      const record = new ChangeRecord(id, { journal, changes: changes(worker) });
      const now = '2026-11-22T10:00:00.000Z';
      expect(await begin(record, now, journal)).toBe(true);
      expect(await journal.events(id)).toEqual([{ type: 'started', at: own ? forged.at : now }]);
    },
  );

  it('do not follow from progress, which is shown only if the worker signed it', async () => {
    const id = await begun();
    await redis.hset(`mk8s:c1:state:${id}`, 'progress:engines', JSON.stringify({ ...events.halfway, state: 'done' }));
    expect(await seen(id)).toEqual({ doubt: undefined, state: 'applying', mark });
    await redis.hset(`mk8s:c1:state:${id}`, 'progress:engines', JSON.stringify({ ...events.halfway, done: 2 }));
    expect(await seen(id)).toEqual({ doubt: undefined, state: 'applying', mark });
    expect((await changes(bot).get(id))?.progress).toEqual([]);
    await changes(bot).progress(id, events.halfway);
    expect((await changes(bot).get(id))?.progress).toEqual([]);
    await changes(worker).progress(id, events.halfway);
    expect((await changes(bot).get(id))?.progress).toEqual([events.halfway]);
  });

  it('are told from entries of a key that was exchanged: both keys of a worker and of a bot count while both are trusted', async () => {
    const [newWorker, newBot] = [newKeyPair(), newKeyPair()];
    const id = await begun();
    const both = botEntryProof({ own: newBot, bots: [newBot, botKey], workers: [workerKey, newWorker] });
    await changes(workerEntryProof({ own: newWorker, bots: [botKey, newBot], workers: [newWorker, workerKey] })).append(
      id,
      5,
      events.done,
      mark,
    );
    expect(await seen(id, both)).toMatchObject({ doubt: undefined, state: 'done' });
    const onlyNew = botEntryProof({ own: newBot, bots: [newBot, botKey], workers: [newWorker] });
    expect((await seen(id, onlyNew)).doubt).toEqual(unsigned(2, 4, 5));
  });

  it('do not come from text that was cut in the middle of a character', async () => {
    const id = await begun();
    const failure = { ...events.failure, detail: 'cut \ud83d' };
    await changes(worker).append(id, 5, { type: 'failed', at, failure }, mark);
    expect(await seen(id)).toMatchObject({ doubt: undefined, state: 'failed' });
  });
});
