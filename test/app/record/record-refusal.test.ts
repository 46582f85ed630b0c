import { describe, expect, it } from 'vitest';
import { tendChanges } from '../../../src/app/ask/tend-changes.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { Doubt } from '../../../src/domain/change/record-entry.ts';
import type { Changes } from '../../../src/ports/record.ts';
import { applyAgain, approvalBy, approvedChangeOn, type Bench, bench, bob, granted, plannedChange } from '../bench.ts';

/** From now on the records on this bench hold an entry that nobody acts on. */
function doubt(on: Bench, is: Doubt['is']): void {
  const get: Changes['get'] = on.changes.get.bind(on.changes);
  on.changes.get = async (id) => {
    const stored = await get(id);
    return stored === null ? null : { ...stored, doubt: { is, entries: [2] } };
  };
}

const kinds = [
  {
    is: 'unsigned',
    code: 'record-unverified',
    bot: 'to see what was really approved and done',
    worker: 'to see what was really approved and done',
  },
  {
    is: 'newer',
    code: 'newer-version',
    bot: 'Update the bot to that version, then try again.',
    worker: 'Update the worker to that version, then try again.',
  },
] as const;

describe.each(kinds)('a record with an entry that is $is', ({ is, code, bot, worker }) => {
  it('cannot be approved, however its plan looks', async () => {
    const on = bench();
    const change = await plannedChange(on);
    doubt(on, is);
    const answer = await on.decide(approvalBy(bob, change));
    expect(isRefusal(answer) && answer.refused).toBe(code);
    expect(isRefusal(answer) && answer.tryNext).toContain(bot);
    expect(on.changes.events(change.id).map(({ type }) => type)).toEqual(['requested', 'planned']);
  });

  it('cannot be undone', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    doubt(on, is);
    const answer = await on.undo(id);
    expect(isRefusal(answer) && answer.refused).toBe(code);
  });

  it('is neither queued nor ended by the bot that looks after open changes', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await on.queue.drain(async () => undefined);
    doubt(on, is);
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
    doubt(on, is);
    await on.work();
    const end = on.changes.events(id).at(-1);
    expect(end).toMatchObject({ type: 'refused', refusal: { refused: code } });
    expect(end?.type === 'refused' && end.refusal.tryNext).toContain(worker);
    expect(on.lab.ran).toEqual([]);
  });
});

describe('an apply job for a record with an entry that a newer version has written', () => {
  it('runs nothing, and the change is refused with the way out', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    doubt(on, 'newer');
    await on.work();
    expect(on.changes.events(id).at(-1)).toMatchObject({ type: 'refused', refusal: { refused: 'newer-version' } });
    expect(on.lab.ran).toEqual([]);
    expect(on.surprises).toEqual([]);
  });

  it('says so, too, where the approval is what this worker cannot read', async () => {
    const on = bench();
    const { id } = await plannedChange(on);
    doubt(on, 'newer');
    await applyAgain(on, id);
    expect(on.changes.events(id).at(-1)).toMatchObject({ type: 'refused', refusal: { refused: 'newer-version' } });
  });

  it('stops a change that has begun, which then says what is done', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const started = { type: 'started', at: on.clock.now().toISOString() } as const;
    await on.changes.append(id, 3, started);
    await on.journal.append(id, started);
    doubt(on, 'newer');
    await applyAgain(on, id);
    expect(on.changes.events(id).at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'newer-version' } });
    expect(on.lab.ran).toEqual([]);
  });
});
