import { describe, expect, it } from 'vitest';
import { tendChanges } from '../../../src/app/ask/tend-changes.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { Changes } from '../../../src/ports/record.ts';
import { approvalBy, approvedChangeOn, type Bench, bench, bob, granted, plannedChange } from '../bench.ts';

/** From now on the records on this bench hold an entry that nobody has signed. */
function forge(on: Bench): void {
  const get: Changes['get'] = on.changes.get.bind(on.changes);
  on.changes.get = async (id) => {
    const stored = await get(id);
    return stored === null ? null : { ...stored, unproven: [2] };
  };
}

describe('a record with entries that nobody has signed', () => {
  it('cannot be approved, however its plan looks', async () => {
    const on = bench();
    const change = await plannedChange(on);
    forge(on);
    const answer = await on.decide(approvalBy(bob, change));
    expect(isRefusal(answer) && answer.refused).toBe('record-unproven');
    expect(on.changes.events(change.id).map(({ type }) => type)).toEqual(['requested', 'planned']);
  });

  it('is neither queued nor ended by the bot that looks after open changes', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await on.queue.drain(async () => undefined);
    forge(on);
    on.clock.at += 24 * 3_600_000;
    await tendChanges(on.bot);
    expect(await on.queue.ahead(id)).toEqual([]);
    const seen: string[] = [];
    await on.queue.drain(async (job) => void seen.push(job.kind));
    expect(seen).toEqual([]);
  });

  it('is not planned by a worker, which says why', async () => {
    const on = bench();
    const { id } = granted(await on.request());
    forge(on);
    await on.work();
    expect(on.changes.events(id).at(-1)).toMatchObject({ type: 'refused', refusal: { refused: 'record-unproven' } });
    expect(on.lab.ran).toEqual([]);
  });
});
