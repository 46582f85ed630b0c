import { expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import { failure, planned, requested } from '../../contract/changes-events.ts';

const at = '2026-11-22T10:00:00.000Z';
const job = (step: string, jid: string): readonly ChangeEvent[] => [
  { type: 'step-started', at, step },
  { type: 'job-started', at, step, jid },
];

it('a job that was interrupted is nobody’s after a failure, so that a retry starts another one', () => {
  const events: readonly ChangeEvent[] = [
    requested('c1-abc234'),
    planned('c1-abc234'),
    { type: 'started', at },
    ...job('earlier', '20261122100000000000'),
    { type: 'step-done', at, step: 'earlier', already: false, seconds: 1 },
    ...job('engines', '20261122101530123456'),
    { type: 'failed', at, failure },
  ];
  expect(changeFrom(events)).toMatchObject({ state: 'failed', jobs: { earlier: '20261122100000000000' } });
  expect(changeFrom(events)?.jobs).not.toHaveProperty('engines');
});
