import { describe, expect, it } from 'vitest';
import { CopyPace } from '../../../../src/adapters/ssh/stream/copy-pace.ts';
import type { CopyProgress } from '../../../../src/ports/copier.ts';

function pace(total: number) {
  let at = 0;
  const told: CopyProgress[] = [];
  const sleep = () => Promise.reject(new Error('nobody sleeps here'));
  const clock = { now: () => new Date(at), steadyMs: () => at, sleep };
  const counted = new CopyPace(total, clock, (progress) => told.push(progress));
  return { counted, told, pass: (ms: number) => (at += ms) };
}

describe('the progress of a copy', () => {
  it('is reported at most once a second', () => {
    const { counted, told, pass } = pace(1_000);
    counted.begin(0);
    for (let sent = 1; sent <= 100; sent += 1) {
      pass(100);
      counted.reached(sent);
    }
    expect(told).toHaveLength(11);
  });

  it('has the rate of the last five seconds', () => {
    const { counted, told, pass } = pace(1_000_000);
    counted.begin(0);
    for (let second = 1; second <= 10; second += 1) {
      pass(1_000);
      counted.reached(second * 1_000);
    }
    expect(told.at(-1)?.rate).toBe(1_000);
    for (let second = 1; second <= 6; second += 1) {
      pass(1_000);
      counted.reached(10_000 + second * 5_000);
    }
    expect(told.at(-1)?.rate).toBe(5_000);
  });

  it('does not count bytes that were there before', () => {
    const { counted, told, pass } = pace(10_000);
    counted.begin(6_000);
    pass(1_000);
    counted.reached(7_000);
    expect(told.at(-1)).toEqual({ sent: 7_000, saved: 6_000, total: 10_000, rate: 1_000 });
  });

  it('reports the last bytes although no more follow', () => {
    const { counted, told, pass } = pace(10_000);
    counted.begin(0);
    pass(500);
    counted.reached(10_000);
    expect(told.at(-1)).toMatchObject({ sent: 0 });
    pass(500);
    counted.look();
    expect(told.at(-1)).toMatchObject({ sent: 10_000, rate: 10_000 });
  });

  it('has no rate at first, and a rate of 0 when the copy stalls', () => {
    const { counted, told, pass } = pace(10_000);
    counted.begin(0);
    expect(told).toEqual([{ sent: 0, saved: 0, total: 10_000 }]);
    pass(1_000);
    counted.reached(5_000);
    for (let second = 1; second <= 6; second += 1) {
      pass(1_000);
      counted.look();
    }
    expect(told.at(-1)).toMatchObject({ sent: 5_000, rate: 0 });
  });

  it('ends with all bytes, however soon', () => {
    const { counted, told } = pace(10);
    counted.begin(0);
    counted.complete();
    expect(told.at(-1)).toMatchObject({ sent: 10, total: 10 });
  });
});
