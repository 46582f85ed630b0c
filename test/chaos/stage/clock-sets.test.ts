import { expect, it } from 'vitest';
import { inTrueTime } from './clock-sets.ts';

it('orders acts by a correct clock, whatever the worker’s clock showed', () => {
  const at = (iso: string) => ({ type: 'started', at: iso }) as const;
  const events = [at('2026-03-01T10:00:00.000Z'), at('2026-03-01T13:00:01.000Z'), at('2026-03-01T09:00:02.000Z')];
  const sets = [
    { line: 1, offMs: 3 * 3_600_000 },
    { line: 2, offMs: -3_600_000 },
  ];
  expect(inTrueTime(events, sets).map((event) => event.at)).toEqual([
    '2026-03-01T10:00:00.000Z',
    '2026-03-01T10:00:01.000Z',
    '2026-03-01T10:00:02.000Z',
  ]);
});
