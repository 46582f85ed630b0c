import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { approvalBy, type Bench, bench, bob, plannedChange } from '../bench.ts';

const HOUR_MS = 3_600_000;

/** Sets the clock of the bench's worker, as its heartbeats say it. */
function setWorkerBy(on: Bench, ms: number): void {
  on.life.workerAheadMs = ms;
}

describe('a worker whose clock is an hour behind', () => {
  it('gets no request: the answer names the clock, and nothing is stored', async () => {
    const on = bench();
    setWorkerBy(on, -HOUR_MS);
    const answer = await on.request();
    expect(answer).toMatchObject({
      refused: 'clock-skew',
      says: expect.stringContaining('The clock of the worker of lab is 1 h behind'),
    });
    expect(await on.changes.open()).toEqual([]);
  });

  it('gets no approval, and the plan waits until the clock is right', async () => {
    const on = bench();
    const change = await plannedChange(on);
    setWorkerBy(on, -HOUR_MS);
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'clock-skew' });
    setWorkerBy(on, 0);
    expect(isRefusal(await on.decide(approvalBy(bob, change)))).toBe(false);
  });

  it('does not keep anybody from denying', async () => {
    const on = bench();
    const change = await plannedChange(on);
    setWorkerBy(on, -HOUR_MS);
    expect(await on.decide({ ...approvalBy(bob, change), kind: 'deny' })).toMatchObject({ state: 'denied' });
  });
});

describe('a bot whose clock is an hour ahead', () => {
  it('says so of itself', async () => {
    const on = bench();
    on.life.redisAheadMs = -HOUR_MS;
    expect(await on.request()).toMatchObject({ says: expect.stringContaining('The clock of the bot is 1 h ahead') });
  });
});

describe('a worker that does not trust the bot’s key', () => {
  it('gets no request: the answer names the key and the way out, and nothing is stored', async () => {
    const on = bench();
    on.life.trusts = ['aaaaaaaaaaaa'];
    expect(await on.request()).toMatchObject({
      refused: 'approval-invalid',
      says: expect.stringMatching(/^The worker of lab does not trust this bot’s key [0-9a-f]{12}/),
      tryNext: expect.stringContaining('`trustedKeys`'),
    });
    expect(await on.changes.open()).toEqual([]);
  });

  it('gets no approval, and the plan waits until the key is right', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.life.trusts = ['aaaaaaaaaaaa'];
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'approval-invalid' });
    on.life.trusts = null;
    expect(isRefusal(await on.decide(approvalBy(bob, change)))).toBe(false);
  });
});
