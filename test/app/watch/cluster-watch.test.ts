import { describe, expect, it } from 'vitest';
import { ClusterWatch } from '../../../src/app/watch/cluster-watch.ts';
import { type Verdict, verdictOf } from '../../../src/domain/questions/status/cluster-status.ts';
import type { Inspection } from '../../../src/domain/questions/status/inspection.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeStatusBoard } from '../../fakes/fake-status-board.ts';
import { inspectionOf } from '../../fixtures/inspection.ts';

const MINUTE_MS = 60_000;
const EVERY_MS = 15 * MINUTE_MS;

/** A watch that runs; each inspection ends at once unless `inspect` says otherwise. */
function watching(inspect: (signal: AbortSignal) => Promise<Inspection> = async () => inspectionOf()) {
  const clock = new FakeClock();
  const board = new FakeStatusBoard();
  const errors: unknown[] = [];
  const seen: Verdict[] = [];
  const began: number[] = [];
  const started = clock.steadyMs();
  const stop = new AbortController();
  const watch = new ClusterWatch({
    board,
    clock,
    everyMs: EVERY_MS,
    onStatus: (status) => void seen.push(verdictOf(status)),
    onError: (error) => void errors.push(error),
    inspect: (signal) => {
      began.push(clock.steadyMs() - started);
      return inspect(signal);
    },
  });
  const running = watch.run(stop.signal);
  const close = async () => {
    stop.abort();
    await running;
  };
  return { clock, board, errors, seen, began, watch, close };
}

describe('the worker’s own inspections', () => {
  it('begin at the start, and then every 15 minutes', async () => {
    const on = watching();
    await on.clock.advance(2 * EVERY_MS + MINUTE_MS);
    expect(on.began).toHaveLength(3);
    expect(on.began[0]).toBe(0);
    expect(await on.board.seen()).toMatchObject({ is: 'seen', answers: 0 });
    await on.close();
  });

  it('begin after a change, and on a request, which the status then answers', async () => {
    const on = watching();
    await on.clock.advance(MINUTE_MS);
    on.watch.wake();
    await on.clock.advance(MINUTE_MS);
    expect(on.began).toEqual([0, MINUTE_MS]);
    on.watch.asked(42);
    await on.clock.advance(MINUTE_MS);
    expect(on.began).toHaveLength(3);
    expect(await on.board.seen()).toMatchObject({ answers: 42 });
    on.watch.asked(42);
    await on.clock.advance(MINUTE_MS);
    expect(on.began).toHaveLength(3);
    await on.close();
  });

  it('never run two at once: a request during an inspection begins the next one', async () => {
    const ends: ((found: Inspection) => void)[] = [];
    const on = watching(() => new Promise((resolve) => void ends.push(resolve)));
    await on.clock.advance(1_000);
    on.watch.asked(7);
    on.watch.wake();
    await on.clock.advance(10_000);
    expect(on.began).toHaveLength(1);
    ends[0]?.(inspectionOf());
    await on.clock.advance(5_000);
    expect(on.began).toHaveLength(2);
    expect(await on.board.seen()).toMatchObject({ answers: 0 });
    ends[1]?.(inspectionOf());
    await on.clock.advance(1_000);
    expect(await on.board.seen()).toMatchObject({ answers: 7 });
    await on.close();
  });

  it('are stopped after one minute, and what they have is stored', async () => {
    const on = watching(
      (signal) =>
        new Promise((resolve) => {
          const late = inspectionOf({}, { engines: { is: 'unknown', says: 'It was not read in time.' } });
          signal.addEventListener('abort', () => resolve(late), { once: true });
        }),
    );
    await on.clock.advance(MINUTE_MS - 1);
    expect(await on.board.seen()).toEqual({ is: 'none' });
    await on.clock.advance(1);
    expect(await on.board.seen()).toMatchObject({ status: { unknown: ['It was not read in time.'] } });
    await on.close();
  });

  it('are repeated soon if Redis did not take the status, which the metrics then show', async () => {
    const on = watching();
    on.board.put = () => Promise.reject(new Error('Redis is away'));
    await on.clock.advance(MINUTE_MS);
    expect(on.errors.length).toBeGreaterThan(0);
    expect(on.began.length).toBeGreaterThan(1);
    expect(on.seen.length).toBe(on.began.length);
    expect(on.seen[0]).toBe('holds');
    await on.close();
  });

  it('wait three seconds, however many people ask', async () => {
    const on = watching();
    for (let request = 1; request <= 20; request += 1) {
      on.watch.asked(request);
      await on.clock.advance(500);
    }
    expect(on.began.length).toBeLessThanOrEqual(4);
    await on.close();
  });
});
