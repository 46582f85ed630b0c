import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { WORKER_THERE } from '../../../src/domain/cluster/worker-state.ts';
import { type WhyKnown, why } from '../../../src/domain/questions/why/why.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { approvedFor, changeOf, planned, requested } from '../../slack/card-events.ts';

const at = '2026-11-22T10:05:00.000Z';
const failure = { kind: 'x', where: 'Copy to node-2', what: 'The disk is full.', next: 'Free some space.' };

function says(events: readonly ChangeEvent[], more: Partial<WhyKnown> = {}): string {
  const change = changeOf([requested(), ...events]);
  const known = { change, card: null, waitsFor: [], worker: WORKER_THERE, stopped: null };
  return why.answer({ ...known, approvers: { users: ['U0BOB'], groups: ['S0OPS'] }, ...more }, PLAIN);
}

describe('why', () => {
  it('names who may approve while a plan waits, and the buttons', () => {
    expect(says([planned()])).toContain('Who may approve: the members of S0OPS, U0BOB.');
    expect(says([planned()])).toContain('Next: an approver clicks Approve or Deny on its card.');
  });

  it('names a freeze and a silent worker, which are in the way of every start', () => {
    const stopped = { refused: 'frozen', says: 'lab is frozen.', tryNext: 'Lift it.' } as const;
    const told = says([planned()], { stopped, worker: { is: 'silent', since: null } });
    expect(told).toContain('lab is frozen. Lift it.');
    expect(told).toContain('The worker has never reported.');
    expect(says([{ type: 'denied', at, by: { id: 'U0BOB', name: 'bob' } }], { stopped })).not.toContain('frozen');
  });

  it('says when a plan starts that is approved outside its window', () => {
    const opens = '2026-11-22T10:20:00.000Z';
    expect(says([planned()], { opens })).toContain('opens 2026-11-22 10:20 UTC. Approved before that, it starts then.');
    expect(says([planned(), approvedFor(opens)])).toContain('it starts when its window opens, 2026-11-22 10:20 UTC.');
  });

  it('tells the cause and the fix of a failure and of a refusal, once', () => {
    const failed = says([planned(), { type: 'failed', at, failure }]);
    expect(failed.split('The disk is full.')).toHaveLength(2);
    expect(failed).toContain('Free some space.');
    expect(failed).toContain('Next: Retry from here');
    const stale = says([planned(), { type: 'failed', at, failure: { ...failure, kind: 'plan-stale' } }]);
    expect(stale).toContain('Next: Check again on its card');
    expect(stale).not.toContain('Retry from here');
    const refusal = { refused: 'no-space', says: 'node-2 is full.', tryNext: 'Free some space.' } as const;
    expect(says([{ type: 'refused', at, refusal }])).toContain(
      'node-2 is full.\nFree some space.\nNext: fix the cause',
    );
  });
});
