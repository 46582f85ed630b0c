import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeQueue } from '../../src/ports/queue.ts';

/** The queue of cluster `c1`, empty. */
export interface OpenedQueue {
  readonly queue: ChangeQueue;
  /** Takes jobs until none waits, and returns them as `<kind> <id>`. */
  drain(onJob?: (id: string) => Promise<void>): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The contract of a cluster's queue. */
export function queueContract(name: string, open: () => Promise<OpenedQueue>): void {
  describe(`${name}: queue`, () => {
    let opened: OpenedQueue;
    let queue: ChangeQueue;
    beforeEach(async () => {
      opened = await open();
      queue = opened.queue;
    });
    afterEach(() => opened?.close());

    it('runs approved changes before it plans new ones, in order of request', async () => {
      await queue.add('plan', 'c1-aaaaa2', 1);
      await queue.add('plan', 'c1-bbbbb2', 1);
      await queue.add('apply', 'c1-ccccc2', 1);
      await queue.add('apply', 'c1-ddddd2', 1);
      const order = ['apply c1-ccccc2', 'apply c1-ddddd2', 'plan c1-aaaaa2', 'plan c1-bbbbb2'];
      expect(await opened.drain()).toEqual(order);
    });

    it('runs a change once, however often the same approval is queued', async () => {
      await Promise.all(Array.from({ length: 5 }, () => queue.add('apply', 'c1-once22', 1)));
      expect(await opened.drain()).toEqual(['apply c1-once22']);
      await queue.add('apply', 'c1-once22', 1);
      await queue.add('apply', 'c1-once22', 2);
      expect(await opened.drain()).toEqual(['apply c1-once22']);
    });

    it('queues a job again that ended before its change, and no waiting or running job twice', async () => {
      await queue.ensure('apply', 'c1-open22', 1);
      await queue.ensure('apply', 'c1-open22', 1);
      const taken = await opened.drain(() => queue.ensure('apply', 'c1-open22', 1));
      expect(taken).toEqual(['apply c1-open22']);
      await queue.ensure('apply', 'c1-open22', 1);
      expect(await opened.drain()).toEqual(['apply c1-open22']);
    });

    it('withdraws a job that has not begun, and runs it when it is queued again', async () => {
      await queue.ensure('apply', 'c1-held22', 1);
      await queue.withdraw('apply', 'c1-held22', 1);
      await queue.withdraw('apply', 'c1-never2', 1);
      expect(await opened.drain()).toEqual([]);
      await queue.ensure('apply', 'c1-held22', 1);
      expect(await opened.drain(() => queue.withdraw('apply', 'c1-held22', 1))).toEqual(['apply c1-held22']);
    });

    it('lists the changes ahead', async () => {
      await queue.add('plan', 'c1-aaaaa2', 1);
      await queue.add('plan', 'c1-bbbbb2', 1);
      await queue.add('apply', 'c1-ccccc2', 1);
      expect(await queue.ahead('c1-bbbbb2')).toEqual(['c1-ccccc2', 'c1-aaaaa2']);
      expect(await queue.ahead('c1-ccccc2')).toEqual([]);
      expect(await queue.ahead('c1-nobody')).toEqual([]);
    });

    it('counts the running change as ahead', async () => {
      await queue.add('plan', 'c1-aaaaa2', 1);
      const seen: (readonly string[])[] = [];
      await opened.drain(async (id) => {
        if (id !== 'c1-aaaaa2') return;
        await queue.add('apply', 'c1-bbbbb2', 1);
        seen.push(await queue.ahead('c1-bbbbb2'), await queue.ahead('c1-aaaaa2'));
      });
      expect(seen).toEqual([['c1-aaaaa2'], []]);
    });
  });
}
