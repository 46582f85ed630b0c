import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { botEntryProof, workerEntryProof } from '../../../../src/adapters/keys/entries.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { type SigningKey, signerFor } from '../../../../src/adapters/keys/signature.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { progressFrom } from '../../../../src/adapters/redis/record/record-text.ts';
import type { ChangeId } from '../../../../src/domain/change/change.ts';
import type { EntryProof } from '../../../../src/domain/change/record-entry.ts';
import * as events from '../../../contract/changes-events.ts';
import { type Bench, redisBench } from '../server.ts';

const [botKey, workerKey, mallory] = [newKeyPair(), newKeyPair(), newKeyPair()];
const { at } = events.halfway;
const readers: readonly (readonly [string, EntryProof])[] = [
  ['a bot', botEntryProof({ own: botKey, bots: [botKey], workers: [workerKey] })],
  ['a worker', workerEntryProof({ own: workerKey, bots: [botKey], workers: [workerKey] })],
];

/** What a later version may write, at its place in the record. */
const written: readonly [string, SigningKey, number, (id: ChangeId) => object][] = [
  [
    'a request with a verb of its own',
    botKey,
    1,
    (id) => ({ event: { ...events.requested(id), intent: { verb: 'unheard-of', cluster: 'c1', nodes: ['node-2'] } } }),
  ],
  ['a plan with a step of its own', workerKey, 2, (id) => ({ event: withStepOf('unheard-of', id) })],
  ['an approval with a part of its own', botKey, 3, (id) => ({ event: withApprovalOf(2, id) })],
  ['an event of its own', workerKey, 3, () => ({ event: { type: 'paused', at, by: { id: 'U1', name: 'alice' } } })],
  [
    'a refusal of its own',
    workerKey,
    2,
    () => ({ event: { type: 'refused', at, refusal: { refused: 'tide', says: '' } } }),
  ],
  ['an entry with a member of its own', workerKey, 3, () => ({ event: events.started, format: 2 })],
];

function withStepOf(kind: string, id: ChangeId): object {
  const { plan, ...event } = events.planned(id);
  const steps = [...plan.approved.steps, { kind, id: 'new', says: 'New', commands: [], node: 'node-2' }];
  return { ...event, plan: { ...plan, approved: { ...plan.approved, steps } } };
}

function withApprovalOf(v: number, id: ChangeId): object {
  const { signed, ...event } = events.approved(id);
  return { ...event, signed: { ...signed, approval: { ...signed.approval, v, quorum: 'two' } } };
}

describe('an entry of a shape that this version does not know', () => {
  let bench: Bench;
  let redis: Redis;
  let made = 0;
  beforeAll(async () => {
    bench = await redisBench();
    redis = bench.connect();
  });
  afterAll(() => bench?.close());

  const changes = (proof: EntryProof) => redisChanges({ redis, cluster: 'c1', proof });
  const keyOf = (id: ChangeId) => `mk8s:c1:change:${id}`;

  /** The text of an entry that somebody signs for this place. */
  function signed(key: SigningKey, change: ChangeId, position: number, entry: object): string {
    const sign = signerFor('registry-ha entry v1\0', key);
    return JSON.stringify({ ...entry, ...sign({ cluster: 'c1', change, position, ...entry }) });
  }

  /** A record that this version can read, up to the entry at this place. */
  async function recordUpTo(position: number): Promise<ChangeId> {
    const id = `c1-abc${100 + ++made}`;
    const known: readonly [SigningKey, object][] = [
      [botKey, events.requested(id)],
      [workerKey, events.planned(id)],
    ];
    for (const [index, [key, event]] of known.slice(0, position - 1).entries())
      await redis.rpush(keyOf(id), signed(key, id, index + 1, { event }));
    return id;
  }

  describe.each(readers)('is told by %s', (_who, reader) => {
    it.each(written)('to be written by a newer version: %s', async (_what, key, position, entry) => {
      const id = await recordUpTo(position);
      await redis.rpush(keyOf(id), signed(key, id, position, entry(id)));
      const stored = await changes(reader).get(id);
      expect(stored?.doubt).toEqual({ is: 'newer', entries: [position] });
      expect(stored?.change.id).toBe(id);
      expect(stored?.version).toBe(position);
    });

    it.each(written)('to be unsigned when a stranger has signed it: %s', async (_what, _key, position, entry) => {
      const id = await recordUpTo(position);
      await redis.rpush(keyOf(id), signed(mallory, id, position, entry(id)));
      await redis.rpush(keyOf(id), signed({ ...mallory, name: botKey.name }, id, position + 1, entry(id)));
      expect((await changes(reader).get(id))?.doubt).toEqual({ is: 'unsigned', entries: [position, position + 1] });
    });

    it.each([
      ['for another place', (id: ChangeId) => signed(workerKey, id, 2, paused)],
      ['for another change', () => signed(workerKey, 'c1-other2', 3, paused)],
      [
        'for another change that it names itself',
        () =>
          signed(workerKey, 'c1-other2', 3, paused).replace('{', '{"change":"c1-other2","position":3,"cluster":"c1",'),
      ],
      [
        'before something was added',
        (id: ChangeId) => signed(workerKey, id, 3, paused).replace('{', '{"__proto__":{},'),
      ],
      ['and holds so many levels that no writer makes', (id: ChangeId) => deep(id)],
    ])('to be unsigned when it was signed %s', async (_what, text) => {
      const id = await recordUpTo(3);
      await redis.rpush(keyOf(id), text(id));
      expect((await changes(reader).get(id))?.doubt).toEqual({ is: 'unsigned', entries: [3] });
    });
  });

  const paused = { event: { type: 'paused', at } };

  const deep = (id: ChangeId): string =>
    signed(workerKey, id, 3, { event: { type: 'paused', at, why: '' } }).replace(
      '"why":""',
      `"why":${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    );

  it('does not hide that another entry has no signature', async () => {
    const id = await recordUpTo(3);
    await redis.rpush(keyOf(id), signed(workerKey, id, 3, paused), '{}');
    for (const [, reader] of readers)
      expect((await changes(reader).get(id))?.doubt).toEqual({ is: 'unsigned', entries: [4] });
  });
});

describe('the progress that a newer worker has written', () => {
  const id = 'c1-newer7';
  const [, proof] = readers[0] ?? ['', workerEntryProof({ own: workerKey, bots: [], workers: [workerKey] })];
  const read = (said: object) => {
    const signed = workerEntryProof({ own: workerKey, bots: [], workers: [] }).progress.sign({ ...said, change: id });
    return progressFrom(id, JSON.stringify({ ...said, ...signed }), proof);
  };

  it('is shown without the fields that this version does not know, and left out in another format', () => {
    expect(read({ ...events.halfway, v: 1, moon: 'full' })).toEqual(events.halfway);
    expect(read({ ...events.halfway, v: 2 })).toBeNull();
  });
});
