import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { compareRecord, judgeDurations, judgeStarts } from './record.ts';

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

const approvedFor = (notBefore: string): ChangeEvent => ({
  type: 'approved',
  at,
  approver: { id: 'U0BOB', name: 'bob' },
  signed: {
    approval: {
      v: 1,
      change: 'lab-7f3k2q',
      verb: 'add',
      cluster: 'lab',
      nodes: ['node-2'],
      digest: 'none',
      requester: 'U0ALICE',
      approvers: ['U0BOB'],
      at,
      expires: '2026-03-01T11:00:00.000Z',
      notBefore,
      nonce: 'n',
    },
    key: 'bot',
    signature: '',
  },
});

it('the judge of starts reports a change that did not wait for its window', () => {
  const started = { type: 'started', at } as const;
  expect(judgeStarts([approvedFor(at), started])).toEqual([]);
  expect(judgeStarts([approvedFor('2026-03-01T10:01:00.000Z'), started])).toHaveLength(1);
});
