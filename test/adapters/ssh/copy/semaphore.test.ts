import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../../../src/adapters/ssh/copy/semaphore.ts';
import { RateCap } from '../../../../src/adapters/ssh/stream/rate-cap.ts';

const never = () => new AbortController().signal;

/** Work that ends when it is told to. */
function open() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}

describe('copies at the same time', () => {
  it('are limited; the next copy starts when one has ended or failed', async () => {
    const turns = new Semaphore(2);
    const works = [open(), open(), open()];
    const began: number[] = [];
    const all = works.map(({ ended }, number) =>
      turns.take(never(), async () => {
        began.push(number);
        await ended;
        if (number === 0) throw new Error('it failed');
      }),
    );
    const settled = Promise.allSettled(all);
    await Promise.resolve();
    expect(began).toEqual([0, 1]);
    for (const { end } of works) end();
    await settled;
    expect(began).toEqual([0, 1, 2]);
  });

  it('free the place of a copy that was aborted while it waited', async () => {
    const turns = new Semaphore(1);
    const [first, stop] = [open(), new AbortController()];
    const running = turns.take(never(), () => first.ended);
    const waiting = turns.take(stop.signal, async () => undefined);
    stop.abort(new Error('the worker stops'));
    await expect(waiting).rejects.toThrow('the worker stops');
    first.end();
    await running;
    expect(await turns.take(never(), async () => 'free')).toBe('free');
  });
});

describe('the cap of all copies together', () => {
  it("lets a second's bytes take a second, for all copies together", async () => {
    let now = 0;
    const clock = {
      now: () => new Date(now),
      steadyMs: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const cap = new RateCap(1_000_000, clock);
    for (let piece = 0; piece < 30; piece += 1) await cap.take(100_000, never());
    expect(now).toBeGreaterThanOrEqual(2_800);
    expect(now).toBeLessThanOrEqual(3_000);
  });
});
