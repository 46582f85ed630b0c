import { describe, expect, it } from 'vitest';
import { approvalBy, bench, bob, plannedChange } from './bench.ts';

describe('a click on a copy of the card in another channel', () => {
  it('decides nothing, even when an approver made it', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const click = { ...approvalBy(bob, change), channel: 'C0ELSEWHERE' };
    expect(await on.decide(click)).toMatchObject({ refused: 'not-allowed', tryNext: expect.stringContaining('card') });
    expect(on.queue.waiting()).toEqual([]);
    expect(await on.decide({ ...click, channel: change.channel })).toMatchObject({ state: 'approved' });
  });
});
