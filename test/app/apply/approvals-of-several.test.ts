import { describe, expect, it } from 'vitest';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { groups, people } from '../../fixtures/policy.ts';
import {
  alice,
  applyAgain,
  approvalBy,
  bench,
  bob,
  carol,
  granted,
  mallory,
  plannedChange,
  stateOf,
} from '../bench.ts';

const dave = { id: 'U0DAVE', name: 'dave' };
const twoOfThree = { approvers: people(bob.id, carol.id, dave.id), approvals: 2 };

describe('where two people must approve', () => {
  it('the first approval starts nothing, the second one names both to the worker', async () => {
    const on = bench(twoOfThree);
    const change = await plannedChange(on);
    const first = granted(await on.decide(approvalBy(bob, change)));
    expect(first).toMatchObject({ state: 'planned', votes: [bob], votesNeeded: 2 });
    expect(on.queue.waiting()).toEqual([]);
    const second = granted(await on.decide(approvalBy(carol, change)));
    expect(second).toMatchObject({ state: 'approved', approver: carol, approvers: [bob, carol], votes: [] });
    expect(second.approval?.approval).toMatchObject({ v: 1, approvers: [bob.id, carol.id] });
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('done');
    const journalled = (await on.journal.events(change.id)).find(({ type }) => type === 'approved');
    expect(journalled?.type === 'approved' && journalled.signed.approval.approvers).toEqual([bob.id, carol.id]);
  });

  it('the same person twice is one approval', async () => {
    const on = bench(twoOfThree);
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'decided-already' });
    expect((await stateOf(on, change.id))?.state).toBe('planned');
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('three clicks at the same moment are counted once each (round %i)', async () => {
    const on = bench(twoOfThree);
    const change = await plannedChange(on);
    const clicks = [bob, bob, carol, carol, dave].map((by) => on.decide(approvalBy(by, change)));
    const answers = await Promise.all(clicks);
    const types = on.changes.events(change.id).map(({ type }) => type);
    expect(types.filter((type) => type === 'voted')).toHaveLength(1);
    expect(types.filter((type) => type === 'approved')).toHaveLength(1);
    expect(answers.filter((answer) => !isRefusal(answer))).toHaveLength(2);
    const approved = (await stateOf(on, change.id))?.approvers ?? [];
    expect(new Set(approved.map(({ id }) => id)).size).toBe(2);
    expect(on.queue.waiting()).toHaveLength(1);
  });

  it('a deny by one of them ends it, however many have approved', async () => {
    const on = bench(twoOfThree);
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    expect(granted(await on.decide({ ...approvalBy(carol, change), kind: 'deny' })).state).toBe('denied');
  });

  it('the approval of somebody who left the group meanwhile does not count, and the card says so', async () => {
    const on = bench({ approvers: groups('S1'), approvals: 2 });
    on.groups.put('S1', bob.id, carol.id, dave.id);
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    on.groups.put('S1', carol.id, dave.id);
    expect(granted(await on.decide(approvalBy(carol, change)))).toMatchObject({ state: 'planned', votes: [carol] });
    expect(granted(await on.decide(approvalBy(dave, change))).approvers).toEqual([carol, dave]);
  });

  it('a retry needs two approvals, too', async () => {
    const on = bench(twoOfThree);
    const first = { id: 'Mount it', sls: 'metalk8s.archives.mounted', name: '/srv/x', comment: 'no space' };
    on.lab.saltSays.set('metalk8s.archives.mounted', { is: 'failed', first, failed: 1, skipped: 0 });
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    granted(await on.decide(approvalBy(carol, change)));
    await on.work();
    on.lab.saltSays.clear();
    const retry = (by: typeof bob) => on.decide({ ...approvalBy(by, change), kind: 'retry' });
    expect(granted(await retry(bob))).toMatchObject({ state: 'failed', votes: [bob] });
    expect(granted(await retry(dave))).toMatchObject({ state: 'approved', approvers: [bob, dave], approvals: 2 });
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('done');
  });
});

describe('groups', () => {
  it('are never asked for where user ids tell who may what', async () => {
    const on = bench();
    const change = await plannedChange(on);
    await on.decide(approvalBy(mallory, change));
    granted(await on.decide(approvalBy(bob, change)));
    expect(on.groups.asked).toEqual([]);
  });

  it('that cannot be read let nobody in, with a sentence that says why', async () => {
    const on = bench({ approvers: groups('S1') });
    on.groups.put('S1');
    const change = await plannedChange(on);
    on.groups.hide('S1', 'user groups need a paid Slack plan');
    const answer = await on.decide(approvalBy(bob, change));
    expect(isRefusal(answer) && answer).toMatchObject({ refused: 'group-unreadable' });
    expect(isRefusal(answer) && answer.says).toContain('need a paid Slack plan');
  });
});

describe('the worker', () => {
  it.each([
    ['nobody', []],
    ['one person twice', [bob.id, bob.id]],
  ])('refuses a signed approval that names %s', async (_, approvers) => {
    const on = bench();
    const change = await plannedChange(on);
    const at = on.clock.now().toISOString();
    const { verb, cluster, nodes } = change.intent;
    const expires = new Date(on.clock.at + 60_000).toISOString();
    const shared = { change: change.id, cluster, verb, nodes, digest: change.digest ?? '', requester: alice.id };
    const signed = on.signer.sign({ v: 1, ...shared, approvers, at, expires, nonce: 'n' });
    const version = on.changes.events(change.id).length;
    expect(await on.changes.append(change.id, version, { type: 'approved', at, approver: bob, signed })).toBe(true);
    await applyAgain(on, change.id);
    expect((await stateOf(on, change.id))?.refusal).toMatchObject({ refused: 'approval-invalid' });
    expect((await stateOf(on, change.id))?.refusal?.says).toContain('names no approver, or one twice');
  });

  it('lets a plan expire as soon as the policy wants, and never later than its own configuration', async () => {
    for (const [planLivesMs, minutes] of [
      [600_000, 10],
      [7_200_000, 60],
    ] as const) {
      const on = bench({ planLivesMs });
      const change = await plannedChange(on);
      expect(Date.parse(change.planExpires ?? '') - on.clock.at).toBe(minutes * 60_000);
      expect(change.requester).toEqual(alice);
    }
  });
});
