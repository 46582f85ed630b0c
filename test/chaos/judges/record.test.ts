import { describe, expect, it } from 'vitest';
import { compareRecord, judgeDurations } from './record.ts';

const at = '2026-03-01T10:00:00.000Z';
const begun = (step: string) => ({ type: 'step-started', at, step }) as const;
const ended = (step: string) => ({ type: 'step-done', at, step, already: false, seconds: 1 }) as const;
const journal = [{ type: 'started', at } as const, begun('a'), ended('a'), begun('b'), ended('b')];

describe('the record judge', () => {
  it('accepts a record that matches the journal, whatever bots add', () => {
    expect(compareRecord(journal, journal)).toEqual([]);
    expect(
      compareRecord(
        [{ type: 'expired', at }, ...journal, { type: 'cancel-requested', at, by: { id: 'U0ALICE', name: 'alice' } }],
        journal,
      ),
    ).toEqual([]);
  });

  it('accepts parallel steps in another order', () => {
    const [started = begun('x'), ...steps] = journal;
    expect(compareRecord([started, ...steps.slice(2), ...steps.slice(0, 2)], journal)).toEqual([]);
  });

  it('reports entries that are missing, invented, repeated, or end before they start', () => {
    expect(compareRecord(journal.slice(0, -1), journal)).toEqual([expect.stringContaining('Redis lacks')]);
    expect(compareRecord([...journal, begun('c')], journal)).toEqual([expect.stringContaining('the journal lacks')]);
    expect(compareRecord([...journal, ended('b')], journal)).toEqual([expect.stringContaining('repeats')]);
    const turned = [...journal.slice(0, 3), ended('b'), begun('b')];
    expect(compareRecord(turned, journal)).toEqual(['Redis has the events of b in another order']);
  });
});

it('the duration judge reports durations distorted by a clock change', () => {
  expect(judgeDurations([ended('a')], 10)).toEqual([]);
  expect(
    judgeDurations(
      [
        { ...ended('a'), seconds: -3600 },
        { ...ended('b'), seconds: 3600 },
      ],
      10,
    ),
  ).toHaveLength(2);
});
