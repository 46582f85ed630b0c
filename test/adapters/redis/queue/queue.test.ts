import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { type QueueWorkerOptions, queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { queueContract } from '../../../contract/queue.contract.ts';
import { PATIENCE_MS, PATIENT } from '../../../fixtures/patience.ts';
import { type Bench, redisBench } from '../server.ts';

type Work = QueueWorkerOptions['work'];

const quiet = { info: () => undefined, error: () => undefined };

function workerOn(bench: Bench, work: Work, more: Pick<QueueWorkerOptions, 'handOverMs'> = {}) {
  const worker = queueWorker({ redis: bench.connect(), cluster: 'c1', work, log: quiet, ...more });
  worker.start();
  return worker;
}

/** Work that ends only by its signal. */
const untilAborted: Work = (_job, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

queueContract('BullMQ', async () => {
  const bench = await redisBench();
  const redis = bench.connect();
  const queue = changeQueue({ redis, cluster: 'c1' });
  const left = () => redis.exists('mk8s:c1:changes:wait', 'mk8s:c1:changes:prioritized', 'mk8s:c1:changes:active');
  const drain = async (onJob?: (id: string) => Promise<void>) => {
    const took: string[] = [];
    const worker = workerOn(bench, async ({ kind, id }) => {
      took.push(`${kind} ${id}`);
      await onJob?.(id);
    });
    await vi.waitFor(async () => expect(await left()).toBe(0), PATIENT);
    await worker.close();
    return took;
  };
  const close = async () => {
    await queue.close();
    await bench.close();
  };
  return { queue, drain, close };
});

describe('queue of a cluster in Redis', () => {
  let bench: Bench;
  const closing: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    bench = await redisBench({ appendonly: true });
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    await bench?.close();
  });

  const queueOn = () => {
    const queue = changeQueue({ redis: bench.connect(), cluster: 'c1' });
    closing.push(queue.close.bind(queue));
    return queue;
  };
  const start = (work: Work, more: Pick<QueueWorkerOptions, 'handOverMs'> = {}) => {
    const worker = workerOn(bench, work, more);
    closing.push(() => worker.close());
    return worker;
  };

  it('works on one change at a time, over two workers', async () => {
    let [now, most, done] = [0, 0, 0];
    const work: Work = async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now -= 1;
      done += 1;
    };
    const queue = queueOn();
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((x) => queue.add('apply', `c1-aaaaa${x}`, 1)));
    start(work);
    start(work);
    await vi.waitFor(() => expect(done).toBe(6), PATIENT);
    expect(most).toBe(1);
  });

  it('hands a running change over at once, before any other change starts', async () => {
    const first: string[] = [];
    const second: string[] = [];
    const queue = queueOn();
    await queue.add('apply', 'c1-first2', 1);
    const leaving = start(
      (job, signal) => {
        first.push(job.id);
        return untilAborted(job, signal, 1);
      },
      { handOverMs: PATIENCE_MS },
    );
    await vi.waitFor(() => expect(first).toEqual(['c1-first2']), PATIENT);
    await queue.add('apply', 'c1-later2', 1);
    start(async ({ id }) => void second.push(id));
    await leaving.close();
    expect(leaving.alive()).toBe(false);
    await vi.waitFor(() => expect(second).toEqual(['c1-first2', 'c1-later2']), PATIENT);
    expect(first).toEqual(['c1-first2']);
    const timesFoundLost = await bench.connect().hget('mk8s:c1:changes:apply-c1-first2-1', 'stc');
    expect(timesFoundLost).toBeNull();
  });

  it('does not complete a job that stopped with its worker', async () => {
    const second: string[] = [];
    const begun = Promise.withResolvers<void>();
    await queueOn().add('apply', 'c1-early2', 1);
    const leaving = start(async (job, signal) => {
      begun.resolve();
      await untilAborted(job, signal, 1).catch(() => undefined);
    });
    await begun.promise;
    await leaving.close();
    start(async ({ id }) => void second.push(id));
    await vi.waitFor(() => expect(second).toEqual(['c1-early2']), PATIENT);
  });

  it('closes even if the work does not stop and Redis is unreachable', async () => {
    const begun = Promise.withResolvers<void>();
    await queueOn().add('apply', 'c1-stuck2', 1);
    const stuck = start(() => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    await begun.promise;
    await bench.server.stop();
    await stuck.close();
  });

  it('retries failed work', async () => {
    let tries = 0;
    await queueOn().add('plan', 'c1-again2', 1);
    start(async () => {
      tries += 1;
      if (tries === 1) throw new Error('Redis was away');
    });
    await vi.waitFor(() => expect(tries).toBe(2), PATIENT);
  });

  it('takes over the job of a dead worker', async () => {
    const begun = Promise.withResolvers<void>();
    const second: string[] = [];
    await queueOn().add('apply', 'c1-lost22', 1);
    const vanishing = bench.connect();
    const worker = queueWorker({
      redis: vanishing,
      cluster: 'c1',
      log: quiet,
      work: () => {
        begun.resolve();
        return new Promise(() => undefined);
      },
    });
    worker.start();
    await begun.promise;
    // Its lock is taken away as its end would do; only the checks of the others find the job.
    await worker.close();
    start(async ({ id }) => void second.push(id));
    await vi.waitFor(() => expect(second).toEqual(['c1-lost22']), { ...PATIENT, interval: 200 });
  });

  it('stops the work when the lock cannot be renewed', async () => {
    const begun = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<Error>();
    await queueOn().add('apply', 'c1-fence2', 1);
    const worker = start((_job, signal) => {
      begun.resolve();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped.resolve(signal.reason);
          reject(signal.reason);
        });
      });
    });
    await begun.promise;
    expect(worker.alive()).toBe(true);
    bench.server.freeze(true);
    try {
      expect((await stopped.promise).name).toBe('LockLost');
    } finally {
      bench.server.freeze(false);
    }
  });

  it('loses no queued change when Redis is killed', async () => {
    const done: string[] = [];
    await queueOn().add('apply', 'c1-kept22', 1);
    await bench.server.stop();
    await bench.server.start();
    start(async ({ id }) => void done.push(id));
    await vi.waitFor(() => expect(done).toEqual(['c1-kept22']), PATIENT);
  });

  it('rejects a job that no bot of its cluster created', async () => {
    const { Queue } = await import('bullmq');
    const [forged, done] = [new Queue('changes', { connection: bench.connect(), prefix: 'mk8s:c1' }), [] as string[]];
    const good = { kind: 'apply', id: 'c1-good22' };
    await forged.add('apply', { ...good, id: 'c2-other2' }, { jobId: 'apply-c2-other2-1' });
    await forged.add('apply', good, { jobId: 'apply-c1-other2-1' });
    await forged.add('apply', { ...good, command: 'reboot' }, { jobId: 'apply-c1-good22-1' });
    await forged.add('apply', good, { jobId: 'apply-c1-good22-2' });
    start(async ({ id }) => void done.push(id));
    await vi.waitFor(() => expect(done).toEqual(['c1-good22']), PATIENT);
    const failed = await forged.getFailed();
    expect(failed).toHaveLength(3);
    for (const { failedReason } of failed) expect(failedReason).toContain('A newer bot wrote it, or someone else did.');
    await forged.close();
  });

  it('refuses to queue a change of another cluster', async () => {
    await expect(queueOn().add('plan', 'c2-abc234', 1)).rejects.toThrow(/cluster c1/);
    await expect(queueOn().add('plan', 'c1-abc234', 1.5)).rejects.toThrow(/number/);
  });
});
