import type { Redis } from 'ioredis';
import { afterEach, beforeEach } from 'vitest';
import { changeQueue } from '../../../src/adapters/redis/queue/queue.ts';
import { type QueueWorkerOptions, queueWorker } from '../../../src/adapters/redis/queue/queue-worker.ts';
import type { ChangeQueue } from '../../../src/ports/queue.ts';
import { type Bench, redisBench } from './server.ts';

type Close = () => Promise<void> | void;
const quiet = { info: () => undefined, error: () => undefined };

/** The running test's own Redis, with a queue and workers of cluster c1 that end with the test, before Redis does. */
export interface QueueBench {
  connect(): Redis;
  queue(): ChangeQueue;
  start(work: QueueWorkerOptions['work']): void;
  atEnd(close: Close): void;
}

/** One for each test of the file that calls this. */
export function queueBenchOfTests(): QueueBench {
  let redis: Bench;
  const closing: Close[] = [];
  beforeEach(async () => {
    redis = await redisBench();
  });
  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()));
    await redis?.close();
  });
  const connect = () => redis.connect();
  return {
    connect,
    queue() {
      const queue = changeQueue({ redis: connect(), cluster: 'c1' });
      closing.push(() => queue.close());
      return queue;
    },
    start(work) {
      const worker = queueWorker({ redis: connect(), cluster: 'c1', work, log: quiet });
      worker.start();
      closing.push(() => worker.close());
    },
    atEnd: (close) => void closing.push(close),
  };
}
