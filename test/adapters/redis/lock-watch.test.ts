import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LockLost, LockWatch } from '../../../src/adapters/redis/lease/lock-watch.ts';

describe('the lock of a running job', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('stops the job before the lock expires, and not while it is renewed', () => {
    const watch = new LockWatch(10_000);
    const signal = watch.begin('job');
    vi.advanceTimersByTime(7_000);
    watch.renewed(['job']);
    watch.renewed(['another job']);
    vi.advanceTimersByTime(7_999);
    expect([signal.aborted, watch.inHand()]).toEqual([false, true]);
    vi.advanceTimersByTime(1);
    expect([signal.reason, watch.inHand()]).toEqual([expect.any(LockLost), false]);
  });
});
