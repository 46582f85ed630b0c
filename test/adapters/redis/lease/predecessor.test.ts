import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { type QueueWorker, queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { cutRedis } from '../../../../src/adapters/redis/server/connection.ts';
import { changeKeys } from '../../../../src/adapters/redis/server/keys.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { type Bench, clock, redisBench } from '../server.ts';

const quiet = { info: () => undefined, error: () => undefined };
const never = () => new Promise<void>(() => undefined);

describe('after a process was killed', () => {
  let bench: Bench;
  let folder: string;
  const workers: QueueWorker[] = [];
  beforeEach(async () => {
    bench = await redisBench();
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-worker-'));
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await bench.close();
    await removeFolder(folder);
  });

  const started = (work: () => Promise<void>, idPath: string): QueueWorker => {
    const worker = queueWorker({ redis: bench.connect(), cluster: 'c1', log: quiet, work, idPath });
    workers.push(worker);
    worker.start();
    return worker;
  };

  it('its successor on the node resumes the job before the lock expires', async () => {
    const begun = Promise.withResolvers<void>();
    const queue = changeQueue({ redis: bench.connect(), cluster: 'c1' });
    await queue.add('apply', 'c1-killed', 1);
    const idPath = join(folder, 'id');
    started(() => {
      begun.resolve();
      return never();
    }, idPath);
    await begun.promise;
    // The first worker still renews its lock: only its ID on the node says that it is dead.
    const done: string[] = [];
    started(async () => void done.push('again'), idPath);
    await vi.waitFor(() => expect(done).toEqual(['again']), PATIENT);
    await queue.close();
  });

  it('a worker of another node releases no job of a live worker', async () => {
    const begun = Promise.withResolvers<void>();
    const queue = changeQueue({ redis: bench.connect(), cluster: 'c1' });
    await queue.add('apply', 'c1-others', 1);
    started(
      () => {
        begun.resolve();
        return never();
      },
      join(folder, 'id'),
    );
    await begun.promise;
    const done: string[] = [];
    started(async () => void done.push('stolen'), join(folder, 'other-id'));
    await queue.add('plan', 'c1-second', 1);
    await expect(vi.waitFor(() => expect(done).not.toEqual([]), { timeout: 2_500 })).rejects.toThrow();
    await queue.close();
  });

  it('another worker takes the job, although Redis’ clock was set back by an hour meanwhile', async () => {
    const begun = Promise.withResolvers<void>();
    const queue = changeQueue({ redis: bench.connect(), cluster: 'c1' });
    await queue.add('apply', 'c1-setbak', 1);
    const dying = bench.connect();
    const dead = queueWorker({
      redis: dying,
      cluster: 'c1',
      log: quiet,
      work: () => {
        begun.resolve();
        return never();
      },
    });
    dead.start();
    await begun.promise;
    await dead.close();
    // It never ended its job, so it left the lock, and has stopped renewing it. Redis keeps these times with a clock set back:
    const redis = bench.connect();
    const prefix = 'mk8s:c1:changes:';
    expect(await redis.lrange(`${prefix}active`, 0, -1)).toEqual(['apply-c1-setbak-1']);
    expect(await redis.pexpire(`${prefix}apply-c1-setbak-1:lock`, 3_600_000)).toBe(1);
    await redis.set(`${prefix}stalled-check`, '1', 'PX', 3_600_000);
    const done: string[] = [];
    started(async () => void done.push('again'), join(folder, 'another-node'));
    await vi.waitFor(() => expect(done).toEqual(['again']), PATIENT);
    await queue.close();
  });

  it('a dead bot’s card and claim are free soon, although Redis’ clock was set back by an hour', async () => {
    const redis = bench.connect();
    const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    const { lease, replies } = changeKeys('c1-abc235');
    await redis.set(lease, 'dead', 'PX', 3_600_000);
    expect(await cards.whileLeased('c1-abc235', 300, never)).toBe(false);
    expect(await redis.pttl(lease)).toBeLessThanOrEqual(300);
    await redis.hset(replies, 'card', `posting ${Date.now() + 3_600_000} dead`);
    expect(await cards.claimReply('c1-abc235', 'card', 300)).toBe('busy');
    await vi.waitFor(async () => expect(await cards.claimReply('c1-abc235', 'card', 300)).toBe('ours'), PATIENT);
  });

  it('a killed bot frees its card soon, despite a lease of ten minutes', async () => {
    const [dying, other] = [bench.connect(), bench.connect()];
    const drawing = Promise.withResolvers<void>();
    void redisCards({ redis: dying, clusters: ['c1'], clock, proof: EVERY_STATEMENT })
      .whileLeased('c1-abc234', 600_000, () => {
        drawing.resolve();
        return never();
      })
      .catch(() => undefined);
    await drawing.promise;
    const cards = redisCards({ redis: other, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    const isFree = () => cards.whileLeased('c1-abc234', 1_000, async () => undefined);
    expect(await isFree()).toBe(false);
    cutRedis(dying);
    await vi.waitFor(async () => expect(await isFree()).toBe(true), { ...PATIENT, interval: 100 });
  });

  it('a live bot renews its lease', async () => {
    const cards = redisCards({ redis: bench.connect(), clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const drawing = cards.whileLeased('c1-abc234', 15_000, () => {
      begun.resolve();
      return over.promise;
    });
    await begun.promise;
    const other = redisCards({ redis: bench.connect(), clusters: ['c1'], clock, proof: EVERY_STATEMENT });
    const isFree = () => other.whileLeased('c1-abc234', 1_000, async () => undefined);
    const redis = bench.connect();
    const { lease } = changeKeys('c1-abc234');
    for (let renewed = 0; renewed < 3; renewed += 1) {
      expect(await redis.pexpire(lease, 600_000)).toBe(1);
      await vi.waitFor(async () => expect(await redis.pttl(lease)).toBeLessThanOrEqual(15_000), PATIENT);
      expect(await isFree()).toBe(false);
    }
    over.resolve();
    await drawing;
    expect(await isFree()).toBe(true);
  });
});
