import { describe, expect, it } from 'vitest';
import type { Change } from '../../../src/domain/change/change.ts';
import { approversWanted, isReminderDue, peopleOf } from '../../../src/domain/policy/call.ts';
import type { GroupMembers } from '../../../src/domain/policy/people.ts';
import type { Notify } from '../../../src/domain/policy/policy.ts';
import { groups, people, policyOf } from '../../fixtures/policy.ts';

const PLANNED: Change = {
  id: 'lab-7f3k2q',
  state: 'planned',
  intent: { verb: 'add', cluster: 'lab', nodes: ['node-2'] },
  requester: { id: 'U0ALICE', name: 'alice' },
  channel: 'C0OPS',
  requestedAt: '2026-05-04T09:58:00.000Z',
  plannedAt: '2026-05-04T10:00:00.000Z',
  planExpires: '2026-05-04T11:00:00.000Z',
  votes: [],
  approvers: [],
  approvals: 0,
  steps: {},
  jobs: {},
  begun: {},
};
const bob = { id: 'U0BOB', name: 'bob' };
const NONE: ReadonlyMap<string, GroupMembers> = new Map();

describe('the people who are called for an approval', () => {
  const policy = policyOf({ approvers: people('U0ALICE', 'U0BOB', 'U0CAROL'), approvals: 2 });

  it('are the approvers, without the requester', () => {
    expect(approversWanted(policy, PLANNED, NONE)).toEqual({ by: 'thread', users: ['U0BOB', 'U0CAROL'], groups: [] });
  });

  it('are those who have not voted', () => {
    expect(approversWanted(policy, { ...PLANNED, votes: [bob] }, NONE).users).toEqual(['U0CAROL']);
  });

  it('include a requester whose own approval counts', () => {
    const counts = policyOf({ approvers: people('U0ALICE', 'U0BOB'), requesterCounts: true });
    expect(approversWanted(counts, PLANNED, NONE).users).toEqual(['U0ALICE', 'U0BOB']);
  });

  it('are the members of a small group, each once', () => {
    const mixed = policyOf({ approvers: { ...groups('S0OPS'), users: ['U0BOB'] } });
    const members = new Map([['S0OPS', { are: 'known', ids: ['U0ALICE', 'U0BOB', 'U0CAROL'] } as const]]);
    expect(approversWanted(mixed, PLANNED, members)).toMatchObject({ users: ['U0BOB', 'U0CAROL'], groups: [] });
  });

  it.each([
    ['a large group', { are: 'known', ids: Array.from({ length: 9 }, (_, n) => `U0${n}`) }],
    ['a group that cannot be read', { are: 'unknown', why: 'the app lacks the scope usergroups:read' }],
  ] as const)('are %s as a whole', (_, members) => {
    const policyOfGroup = policyOf({ approvers: groups('S0OPS') });
    const called = approversWanted(policyOfGroup, PLANNED, new Map([['S0OPS', members]]));
    expect(called).toMatchObject({ users: [], groups: ['S0OPS'] });
  });
});

it('the requester and those who approved are told how it goes, each once', () => {
  const change = { ...PLANNED, approvers: [bob, PLANNED.requester] };
  expect(peopleOf(policyOf({ approvers: people('U0BOB') }), change).users).toEqual(['U0ALICE', 'U0BOB']);
});

describe('a reminder', () => {
  const due = (at: string, notify?: Notify, change = PLANNED) =>
    isReminderDue({ ...policyOf({}), ...(notify === undefined ? {} : { notify }) }, change, new Date(at));

  it.each([
    ['2026-05-04T10:44:59.000Z', false],
    ['2026-05-04T10:45:00.000Z', true],
    ['2026-05-04T11:00:00.000Z', false],
  ])('of a plan that expires at 11:00 is due at %s: %s', (at, isDue) => expect(due(at)).toBe(isDue));

  it('comes as early as the policy says, but not in the first half of the plan’s life', () => {
    expect(due('2026-05-04T10:30:00.000Z', { by: 'direct', remindMs: 30 * 60_000 })).toBe(true);
    expect(due('2026-05-04T10:29:00.000Z', { by: 'direct', remindMs: 59 * 60_000 })).toBe(false);
  });

  it('is only for plans that wait for a decision, and for people who want to be called', () => {
    expect(due('2026-05-04T10:50:00.000Z', undefined, { ...PLANNED, state: 'approved' })).toBe(false);
    expect(due('2026-05-04T10:50:00.000Z', { by: 'none', remindMs: 60_000 * 15 })).toBe(false);
  });
});
