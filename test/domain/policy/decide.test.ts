import { describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/change/approval.ts';
import type { Change } from '../../../src/domain/change/change.ts';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import { approvalsThatCount, mayDecide, whyRevoked } from '../../../src/domain/policy/decide.ts';
import type { Hold } from '../../../src/domain/policy/hold.ts';
import { mayRequest } from '../../../src/domain/policy/may-request.ts';
import { type GroupMembers, groupsToRead, type PolicyContext } from '../../../src/domain/policy/people.ts';
import { DECISIONS } from '../../../src/domain/policy/policy.ts';
import { approved as approvedEvent, planned, requested } from '../../contract/changes-events.ts';
import { type GivenRules, groups, people, policyOf } from '../../fixtures/policy.ts';

const person = (name: string): Person => ({ id: `U0${name.toUpperCase()}`, name });
const [alice, bob, carol, mallory] = [person('alice'), person('bob'), person('carol'), person('mallory')];
const CHANNEL = 'C1';
const AT = new Date('2026-11-23T10:00:00Z');
const usual: GivenRules = { requesters: people(alice.id), approvers: people(bob.id, carol.id) };
const window = { days: ['mon'], from: '09:00', to: '17:00', zone: 'UTC' } as const;

function now(
  more: { at?: string; groups?: Record<string, GroupMembers>; holds?: readonly Hold[] } = {},
): PolicyContext {
  return {
    at: new Date(more.at ?? AT),
    groups: new Map(Object.entries(more.groups ?? {})),
    holds: more.holds ?? [],
  };
}

function plannedBy(requester: Person, votes: readonly Person[] = []): Change {
  const asked = requested('c1-abc234');
  const change = changeFrom([
    asked.type === 'requested' ? { ...asked, requester } : asked,
    planned('c1-abc234'),
    ...votes.map((by, index) => ({
      type: 'voted' as const,
      at: AT.toISOString(),
      by,
      counts: votes.slice(0, index + 1).map(({ id }) => id),
      needed: 2,
    })),
  ]);
  if (change === null) throw new Error('no change');
  return change;
}

const hold = (verb: Hold['verb'], node: string | null): Hold => ({
  verb,
  node,
  by: carol,
  at: '2026-11-23T09:00:00.000Z',
  reason: 'new disk',
});

const ask = (by: Person, rules: GivenRules = {}, given = now(), channel = CHANNEL) =>
  mayRequest(policyOf({ ...usual, ...rules }), { verb: 'add', cluster: 'c1', nodes: ['node-2'] }, by, channel, given)
    ?.refused ?? 'allowed';

describe('requesting', () => {
  it.each([
    ['a requester', alice, 'allowed'],
    ['an approver', bob, 'allowed'],
    ['a person without permission', mallory, 'not-allowed'],
  ])('by %s', (_, by, expected) => {
    expect(ask(by)).toBe(expected);
  });

  it('by a group member is allowed only if the group can be read', () => {
    const rules = { requesters: groups('S1'), approvers: groups('S2') };
    const known = (...ids: string[]): GroupMembers => ({ are: 'known', ids });
    const unknown: GroupMembers = { are: 'unknown', why: 'user groups need a paid Slack plan' };
    expect(ask(mallory, rules, now({ groups: { S1: known(mallory.id), S2: known(bob.id) } }))).toBe('allowed');
    expect(ask(mallory, rules, now({ groups: { S1: known(alice.id), S2: known() } }))).toBe('not-allowed');
    expect(ask(mallory, rules, now({ groups: { S1: unknown, S2: known(mallory.id, bob.id) } }))).toBe('allowed');
    expect(ask(mallory, rules, now({ groups: { S1: unknown, S2: known() } }))).toBe('group-unreadable');
    expect(ask(mallory, rules, now())).toBe('group-unreadable');
  });

  it.each([
    ['one of two approvers, when two are needed', bob, { approvals: 2 }, 'not-approvable'],
    ['one of two approvers whose own approval counts', bob, { approvals: 2, requesterCounts: true }, 'allowed'],
    ['somebody else, when two are needed', alice, { approvals: 2 }, 'allowed'],
    [
      'one of two approvers, when a group may have more',
      bob,
      { approvals: 2, approvers: { users: [bob.id, carol.id], groups: ['S9'] } },
      'allowed',
    ],
  ])('by %s is refused at once if nobody could ever approve it', (_, by, rules, expected) => {
    expect(ask(by, rules)).toBe(expected);
  });

  it.each([
    ['in a channel that the policy names', ['C1', 'C2'], 'allowed'],
    ['in another channel', ['C2'], 'wrong-channel'],
    ['in any channel, if the policy names none', null, 'allowed'],
  ])('%s', (_, channels, expected) => {
    expect(ask(alice, { channels })).toBe(expected);
  });

  it.each([
    ['during a freeze by hand', now({ holds: [hold('freeze', null)] }), 'frozen'],
    ['while the whole cluster is locked', now({ holds: [hold('lock', null)] }), 'locked'],
    ['for a locked node', now({ holds: [hold('lock', 'node-2')] }), 'locked'],
    ['while another node is locked', now({ holds: [hold('lock', 'node-9')] }), 'allowed'],
  ])('%s', (_, given, expected) => {
    expect(ask(alice, {}, given)).toBe(expected);
  });

  it('during a freeze of the policy file is refused', () => {
    const freezes = [{ from: '2026-11-23T09:00:00Z', to: '2026-11-23T11:00:00Z', reason: 'audit' }];
    expect(ask(alice, { freezes })).toBe('frozen');
  });

  it.each([
    ['in a window', '2026-11-23T10:00:00Z', 'allowed'],
    ['so early that the plan would expire before the window opens', '2026-11-23T07:59:00Z', 'outside-window'],
    ['early enough that the plan is valid when the window opens', '2026-11-23T08:00:00Z', 'allowed'],
    ['after the window', '2026-11-23T17:00:00Z', 'outside-window'],
  ])('%s', (_, at, expected) => {
    expect(ask(alice, { windows: [window] }, now({ at }))).toBe(expected);
  });
});

it.each([
  ['nobody is named by id', [mallory.id], ['S1']],
  ['one of several is not named by id', [bob.id, mallory.id], ['S1']],
  ['everybody is named by id', [bob.id, carol.id], []],
])('user groups are read as long as they can matter: %s', (_, ids, read) => {
  expect(groupsToRead({ users: [bob.id, carol.id], groups: ['S1'] }, ids)).toEqual(read);
});

describe('deciding', () => {
  const decide = (
    kind: (typeof DECISIONS)[number],
    by: Person,
    {
      rules = {},
      given = now(),
      change = plannedBy(alice),
      channel = CHANNEL,
    }: {
      rules?: GivenRules;
      given?: PolicyContext;
      change?: Change;
      channel?: string;
    } = {},
  ) => mayDecide(policyOf({ ...usual, ...rules }), kind, change, by, channel, given)?.refused ?? 'allowed';

  it.each([
    ['approve', 'own-request', 'allowed', 'not-allowed'],
    ['retry', 'own-request', 'allowed', 'not-allowed'],
    ['deny', 'allowed', 'allowed', 'not-allowed'],
    ['cancel', 'allowed', 'allowed', 'not-allowed'],
  ] as const)('to %s: requester %s, approver %s, stranger %s', (kind, ...expected) => {
    expect([alice, bob, mallory].map((by) => decide(kind, by))).toEqual(expected);
  });

  it('accepts a requester’s approval only if the policy says so, and only from an approver', () => {
    const change = plannedBy(bob);
    expect(decide('approve', bob, { change })).toBe('own-request');
    expect(decide('approve', bob, { change, rules: { requesterCounts: true } })).toBe('allowed');
    expect(decide('approve', alice, { rules: { requesterCounts: true } })).toBe('not-allowed');
  });

  it.each([
    ['a freeze', { given: now({ holds: [hold('freeze', null)] }) }, 'frozen'],
    ['a lock of a node that the plan touches', { given: now({ holds: [hold('lock', 'node-1')] }) }, 'locked'],
    ['a closed window', { rules: { windows: [window] }, given: now({ at: '2026-11-23T18:00:00Z' }) }, 'outside-window'],
  ])('blocks a start, but never a stop, during %s', (_, circumstances, refused) => {
    expect(DECISIONS.map((kind) => decide(kind, bob, circumstances))).toEqual([
      refused,
      'allowed',
      refused,
      'allowed',
      'not-allowed',
    ]);
  });

  it.each([
    ['before the plan expires', '2026-11-23T09:01:00Z', 'allowed'],
    ['as the plan expires', '2026-11-23T09:00:00Z', 'allowed'],
    ['after the plan has expired', '2026-11-23T08:59:00Z', 'outside-window'],
  ])('may approve for a window that opens %s', (_, planExpires, expected) => {
    const change = { ...plannedBy(alice), planExpires };
    const given = now({ at: '2026-11-23T08:20:00Z' });
    expect(decide('approve', bob, { change, given, rules: { windows: [window] } })).toBe(expected);
  });

  describe('by breaking glass', () => {
    const rules = { breakGlass: { by: people(alice.id), tell: people(carol.id) }, windows: [window], approvals: 2 };
    const night = now({ at: '2026-11-23T20:00:00Z' });
    const glass = (by: Person, given = night) => decide('break-glass', by, { rules, given });

    it('is open to one person of the policy alone, also to the requester, at any time', () => {
      expect([alice, bob, mallory].map((by) => glass(by))).toEqual(['allowed', 'not-allowed', 'not-allowed']);
      expect(decide('break-glass', alice, { given: night })).toBe('not-allowed');
    });

    it('respects a freeze, a lock, and the channel', () => {
      expect(glass(alice, { ...night, holds: [hold('freeze', null)] })).toBe('frozen');
      expect(glass(alice, { ...night, holds: [hold('lock', 'node-2')] })).toBe('locked');
      expect(decide('break-glass', alice, { rules, given: night, channel: 'C2' })).toBe('wrong-channel');
    });

    it('lets that person request at night what nobody else could approve', () => {
      expect([alice, bob].map((by) => ask(by, rules, night))).toEqual(['allowed', 'not-approvable']);
      expect(ask(bob, { ...rules, approvals: 1 }, night)).toBe('outside-window');
    });

    it('gives nobody anything while a user group cannot be read', () => {
      const byGroup = { ...rules, breakGlass: { by: groups('S1'), tell: people(carol.id) } };
      expect(decide('break-glass', alice, { rules: byGroup, given: night })).toBe('group-unreadable');
    });
  });

  it('is allowed only in the card’s channel, and where the policy allows it', () => {
    expect(decide('approve', bob, { channel: 'C2' })).toBe('wrong-channel');
    expect(decide('approve', bob, { rules: { channels: ['C2'] } })).toBe('wrong-channel');
    expect(decide('retry', bob, { rules: { channels: ['C2'] } })).toBe('wrong-channel');
  });

  it('stops a change on its own card, also after the policy has moved its cluster to another channel', () => {
    const rules = { channels: ['C2'] };
    for (const kind of ['deny', 'cancel'] as const) {
      expect(decide(kind, bob, { rules })).toBe('allowed');
      expect(decide(kind, mallory, { rules })).toBe('not-allowed');
      expect(decide(kind, bob, { rules, channel: 'C2' })).toBe('wrong-channel');
    }
    const says = mayDecide(policyOf({ ...usual, ...rules }), 'approve', plannedBy(alice), bob, CHANNEL, now());
    expect(says?.tryNext).toBe('Click Deny or Cancel on this card, then request the change again in the channel C2.');
  });

  it('counts two approvals by one person once', () => {
    expect(decide('approve', bob, { change: plannedBy(alice, [bob]), rules: { approvals: 2 } })).toBe(
      'decided-already',
    );
  });

  it('reports a missing permission before freezes and windows', () => {
    expect(decide('approve', mallory, { given: now({ holds: [hold('freeze', null)] }) })).toBe('not-allowed');
  });
});

describe('given approvals', () => {
  it('count once each, only from current approvers, and not from the requester', () => {
    const count = (given: readonly Person[], rules: GivenRules) =>
      approvalsThatCount(policyOf({ ...usual, ...rules }), plannedBy(alice), given, now()).map(({ name }) => name);
    expect(count([bob, carol], {})).toEqual(['bob', 'carol']);
    expect(count([bob, bob], {})).toEqual(['bob']);
    expect(count([bob, carol], { approvers: people(carol.id) })).toEqual(['carol']);
    expect(count([alice, carol], { approvers: people(alice.id, carol.id) })).toEqual(['carol']);
    expect(count([bob, carol], { approvers: groups('S1') })).toEqual([]);
  });

  const [expires, later] = ['2026-11-23T11:00:00Z', '2026-11-23T11:00:01Z'];
  const { signed } = approvedEvent('c1-abc234');
  const early = now({ at: '2026-11-23T08:00:00Z' });
  const frozenEarly = { ...early, holds: [hold('freeze', null)] };
  const approval = { ...signed, approval: { ...signed.approval, notBefore: '2026-11-23T09:00:00Z', expires } };
  const approved = (votes: readonly Person[]): Change => ({ ...plannedBy(alice), approval, approvers: votes });
  const why = (rules: GivenRules, given = now()) =>
    found(whyRevoked(policyOf({ ...usual, ...rules }), approved([bob, carol]), given));
  const found = (refusal: ReturnType<typeof whyRevoked>) =>
    typeof refusal === 'string' ? refusal : (refusal?.says ?? 'holds');

  it.each([
    ['as long as nothing has changed', {}, now(), 'holds'],
    ['not after an approver has lost the right', { approvals: 2, approvers: people(bob.id) }, now(), 'carol'],
    ['when enough approvers are left', { approvals: 1, approvers: people(bob.id) }, now(), 'holds'],
    ['not when more approvals are needed now', { approvals: 3 }, now(), '3 approvals'],
    ['as far as known, while a group cannot be read', { approvers: groups('S1') }, now(), 'unclear'],
    ['not when they expired meanwhile', { approvers: groups('S1') }, now({ at: later }), 'could not be read'],
    ['not when a known no makes them too few', { approvals: 2, approvers: people(bob.id) }, now(), 'carol'],
    ['not when a freeze has begun', {}, now({ holds: [hold('freeze', null)] }), 'frozen by carol'],
    ['but not before the window opens', { windows: [window] }, now({ at: '2026-11-23T08:59:59Z' }), 'early'],
    ['not when it froze before the window opens', { windows: [window] }, frozenEarly, 'frozen by carol'],
    ['not when they are too few before the window opens', { windows: [window], approvals: 3 }, early, '3 approvals'],
    ['not when the window has closed', { windows: [window] }, now({ at: '2026-11-23T17:00:00Z' }), 'windows'],
  ])('stay valid until the start %s', (_, rules, given, expected) => {
    expect(why(rules, given)).toContain(expected);
  });
});
