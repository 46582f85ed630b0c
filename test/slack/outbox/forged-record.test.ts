import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVERY_STATEMENT } from '../../../sandbox/seen/every-entry.ts';
import { botEntryProof, workerEntryProof } from '../../../src/adapters/keys/entries.ts';
import { newKeyPair } from '../../../src/adapters/keys/pair.ts';
import { redisAnnouncements } from '../../../src/adapters/redis/cards/announcements.ts';
import { redisCards } from '../../../src/adapters/redis/cards/cards.ts';
import { redisChanges } from '../../../src/adapters/redis/record/changes.ts';
import { NO_CALLS } from '../../../src/app/policy/calls.ts';
import type { ChangeEvent, ChangeId } from '../../../src/domain/change/change.ts';
import { WORKER_THERE } from '../../../src/domain/cluster/worker-state.ts';
import { NOTHING_HELD } from '../../../src/domain/policy/active-holds.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Changes } from '../../../src/ports/record.ts';
import { notifier } from '../../../src/slack/outbox/notifier.ts';
import { type Bench, clock, redisBench } from '../../adapters/redis/server.ts';
import { addNode2 } from '../../fixtures/facts.ts';
import { ALICE, approved, planned } from '../card-events.ts';
import { KeptLog, RecordingSlack } from '../recording-slack.ts';

const [botKey, workerKey, prodKey] = [newKeyPair(), newKeyPair(), newKeyPair()];
const at = '2026-11-22T10:00:00.000Z';
const proofOfDone = { served: 13, expected: 13, archives: 3, engines: 4, engineTotal: 4, blobs: 40 };
const done: ChangeEvent = { type: 'done', at, proof: proofOfDone, seconds: 10 };
/** Pauses are shortened to a thirtieth: a card is edited ten times a second. */
const hurried: Clock = { ...clock, sleep: (ms, signal) => clock.sleep(ms / 30, signal) };
const LIMIT = { interval: 50 };

describe('the card of a record with a forged entry', { timeout: 600_000 }, () => {
  let bench: Bench;
  let slack: RecordingSlack;
  let log: KeptLog;
  let bot: Changes;
  /** As the bot reads once it has the stranger's key, too. */
  let trusting: Changes;
  let trusts: string;
  let worker: Changes;
  let stranger: Changes;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    bench = await redisBench();
    const redis = bench.connect();
    const own = { redis, cluster: 'lab', clock };
    bot = redisChanges({ ...own, proof: botEntryProof({ own: botKey, bots: [botKey], workers: [workerKey] }) });
    trusting = redisChanges({
      ...own,
      proof: botEntryProof({ own: botKey, bots: [botKey], workers: [workerKey, prodKey] }),
    });
    trusts = 'one key';
    worker = redisChanges({
      ...own,
      proof: workerEntryProof({ own: workerKey, bots: [botKey], workers: [workerKey] }),
    });
    stranger = redisChanges({ ...own, proof: workerEntryProof({ own: prodKey, bots: [botKey], workers: [prodKey] }) });
    [slack, log] = [new RecordingSlack(clock), new KeptLog()];
    const cards = redisCards({ redis, clusters: ['lab'], clock, proof: EVERY_STATEMENT });
    const replicas = { redis: bench.connect(), clusters: ['lab'], onError: () => undefined };
    const announcements = redisAnnouncements(replicas);
    const end = new AbortController();
    const useCases = {
      waitsFor: async () => [],
      calls: async () => NO_CALLS,
      rivals: async () => [],
      workerOf: async () => WORKER_THERE,
      watchWorkers: async () => ({ busy: new Map([['lab', WORKER_THERE]]), others: new Map() }),
      activeHolds: async () => NOTHING_HELD,
    };
    const options = {
      clusters: ['lab'],
      clock: hurried,
      announcements,
      cards,
      slack,
      linkTo: () => 'https://sandbox/',
      log,
      useCases,
      changes: () => (trusts === 'one key' ? bot : trusting),
      trusts: () => trusts,
    };
    const running = notifier(options).run(end.signal);
    stop = async () => {
      end.abort();
      await running;
    };
  });
  afterEach(async () => {
    await stop();
    await bench.close();
  });

  const cardOf = (id: ChangeId) => slack.updates.filter(({ ts }) => ts === id).at(-1)?.drawing;

  async function planOf(id: ChangeId): Promise<void> {
    const requested = { type: 'requested', at, id, intent: addNode2, requester: ALICE, channel: 'C0OPS' } as const;
    await bot.append(id, 0, requested);
    await redisCards({ redis: bench.connect(), clusters: ['lab'], clock, proof: EVERY_STATEMENT }).hang(id, {
      channel: 'C0OPS',
      ts: id,
    });
    const plan = planned();
    if (plan.type !== 'planned') throw new Error('it plans');
    // The bot uses the real time.
    await worker.append(id, 1, { ...plan, expires: '2999-01-01T00:00:00.000Z' });
    await expect.poll(() => cardOf(id)?.text, LIMIT).toContain('The plan is ready.');
  }

  it('shows a red warning without buttons, warns the channel once, and leaves other cards alone', async () => {
    const [forged, sound] = ['lab-forged', 'lab-sound2'];
    await planOf(forged);
    expect(JSON.stringify(cardOf(forged)?.blocks)).toContain('"Approve"');
    expect(await stranger.append(forged, 2, done)).toBe(true);
    await expect.poll(() => cardOf(forged)?.text, LIMIT).toContain('DO NOT BELIEVE THIS RECORD');
    const drawn = JSON.stringify(cardOf(forged)?.blocks);
    expect(drawn).toContain(':red_circle:');
    expect(drawn).toContain(`registry-ha journal show ${forged}`);
    expect(drawn).not.toContain('"actions"');
    expect(drawn).not.toContain('13/13');
    expect(await stranger.append(forged, 3, { type: 'started', at })).toBe(true);
    await expect.poll(() => cardOf(forged)?.text, LIMIT).toContain('(3, 4)');
    const told = slack.replies.filter(({ ts }) => ts === forged);
    expect(told.map(({ broadcast }) => broadcast)).toEqual([true]);

    await planOf(sound);
    const yes = approved();
    if (yes.type !== 'approved') throw new Error('it approves');
    await bot.append(sound, 2, { ...yes, signed: { ...yes.signed, signature: 'AAAA' } });
    await worker.append(sound, 3, { type: 'started', at });
    await worker.append(sound, 4, done, { line: 123, hash: 'abcdef012345'.padEnd(64, '0') });
    await expect.poll(() => cardOf(sound)?.text, LIMIT).toContain('Done.');
    await expect.poll(() => slack.replies.at(-1)?.text, LIMIT).toContain('(Journal line 123, abcdef012345…)');
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it.each([
    { of: 'an open change', ends: false },
    { of: 'a change that has ended', ends: true },
  ])('shows $of again once the keys of its worker change, and nothing else', async ({ ends }) => {
    const id = 'lab-rotate';
    await planOf(id);
    const yes = approved();
    if (yes.type !== 'approved') throw new Error('it approves');
    await bot.append(id, 2, { ...yes, signed: { ...yes.signed, signature: 'AAAA' } });
    await stranger.append(id, 3, { type: 'started', at });
    if (ends) await stranger.append(id, 4, done);
    await expect.poll(() => cardOf(id)?.text, LIMIT).toContain('DO NOT BELIEVE THIS RECORD');
    trusts = 'both keys';
    await expect.poll(() => cardOf(id)?.text, LIMIT).not.toContain('DO NOT BELIEVE THIS RECORD');
    trusts = 'one key';
    if (ends) return;
    await expect.poll(() => cardOf(id)?.text, LIMIT).toContain('DO NOT BELIEVE THIS RECORD');
    const edits = slack.updates.length;
    // Three sweeps.
    await clock.sleep(1_600, new AbortController().signal);
    expect(slack.updates.length).toBe(edits);
  });
});
