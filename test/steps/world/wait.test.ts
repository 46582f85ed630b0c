import { describe, expect, it } from 'vitest';
import { unsatisfied } from '../../../src/steps/world/step-world.ts';
import { waitUntilSatisfied } from '../../../src/steps/world/wait.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

describe('a wait for the cluster', () => {
  it.each([3, -3])('takes its limit, and not %i hours, when the clock is set meanwhile', async (hours) => {
    const clock = new FakeClock();
    let looks = 0;
    const look = async () => {
      looks += 1;
      return unsatisfied('not yet');
    };
    let ended = false;
    const limits = { limitMs: 10_000, everyMs: 2_000 };
    const waited = waitUntilSatisfied(look, limits, clock, new AbortController().signal).then(() => {
      ended = true;
    });
    await clock.advance(2_000);
    clock.setBy(hours * 3_600_000);
    await clock.advance(7_000);
    expect(ended).toBe(false);
    await clock.advance(1_000);
    await waited;
    expect(looks).toBe(6);
  });
});
