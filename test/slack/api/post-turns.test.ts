import { expect, it } from 'vitest';
import { postTurns } from '../../../src/slack/api/post-turns.ts';
import { SlackRefused } from '../../../src/slack/api/slack-refused.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const OPS = 'C0OPS';

function turnsAt(clock: FakeClock) {
  const turns = postTurns(clock);
  /** Milliseconds to wait; 0 for a turn. */
  const waitOf = (channel = OPS): number => {
    try {
      turns.take(channel);
      return 0;
    } catch (error) {
      if (error instanceof SlackRefused && error.isOwnLimit) return error.retryAfterMs;
      throw error;
    }
  };
  return { turns, waitOf };
}

it('lets a few messages go at once, then one a second, and tells each caller a time of its own', () => {
  const { waitOf } = turnsAt(new FakeClock());
  const waits = Array.from({ length: 9 }, () => waitOf());
  expect(waits).toEqual([0, 0, 0, 0, 0, 1_000, 2_000, 3_000, 4_000]);
  expect(waitOf('C0OTHER'), 'each channel has turns of its own').toBe(0);
});

it('gives a hundred callers that come at their times a turn each, without another refusal', async () => {
  const clock = new FakeClock();
  const { waitOf } = turnsAt(clock);
  const from = clock.steadyMs();
  const due = Array.from({ length: 100 }, () => from + waitOf()).filter((at) => at > from);
  expect(due).toHaveLength(95);
  const again: number[] = [];
  for (const at of due.toSorted((a, b) => a - b)) {
    await clock.advance(at - clock.steadyMs());
    again.push(waitOf());
  }
  expect(again.filter((ms) => ms > 0)).toEqual([]);
  expect(clock.steadyMs() - from).toBe(95_000);
});

it('waits as long as Slack says, and lets a new card go first', async () => {
  const clock = new FakeClock();
  const { turns, waitOf } = turnsAt(clock);
  turns.pause(OPS, 30_000);
  expect(waitOf()).toBe(30_000);
  await clock.advance(30_000);
  expect(waitOf()).toBe(0);
  turns.cardWaits(OPS, 1_000);
  expect(waitOf()).toBe(2_500);
  await clock.advance(2_500);
  expect(waitOf()).toBe(0);
});
