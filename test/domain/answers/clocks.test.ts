import { describe, expect, it } from 'vitest';
import { clocksApart } from '../../../src/domain/answers/clocks.ts';

const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const clocks = (bot: number, redis: number, worker: number) => ({
  bot: NOON + bot * MINUTE,
  redis: NOON + redis * MINUTE,
  worker: NOON + worker * MINUTE,
});

describe('clocks that are compared', () => {
  it('may differ by what does no harm: a worker 1 min behind the bot or 10 min ahead, and any clock of Redis', () => {
    for (const fine of [clocks(0, 0, -1), clocks(0, 0, 10), clocks(0, -600, 0), clocks(0, 600, 5)])
      expect(clocksApart('lab', fine)).toBeNull();
  });

  it('name the wrong one, by how much, and both times', () => {
    expect(clocksApart('lab', clocks(0, 0, -60))).toEqual({
      refused: 'clock-skew',
      says: 'The clock of the worker of lab is 1 h behind: it says 2026-03-01 11:00 UTC, while the bot and Redis say 2026-03-01 12:00 UTC. Plans and approvals expire by these clocks.',
      tryNext: expect.stringMatching(/^Set the clock of the bootstrap node .*then try again\.$/),
    });
    expect(clocksApart('lab', clocks(0, 0, 11))?.says).toContain('of the worker of lab is 11 min ahead');
    expect(clocksApart('lab', clocks(90, 0, 0))).toMatchObject({
      says: expect.stringContaining(
        'The clock of the bot is 1 h 30 min ahead: it says 2026-03-01 13:30 UTC, while the worker of lab and Redis say 2026-03-01 12:00 UTC.',
      ),
      tryNext: expect.stringContaining('the computer that runs the bot'),
    });
    expect(clocksApart('lab', clocks(-30, 0, 0))?.says).toContain('of the bot is 30 min behind');
  });

  it('are all doubtful when no two agree', () => {
    expect(clocksApart('lab', clocks(0, 60, 120))).toMatchObject({
      says: expect.stringContaining('Three clocks differ: the bot’s says 2026-03-01 12:00 UTC'),
      tryNext: 'Set all three clocks, then try again.',
    });
  });
});
