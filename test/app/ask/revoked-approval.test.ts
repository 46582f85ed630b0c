import { describe, expect, it } from 'vitest';
import { begin } from '../../../src/app/apply/begin.ts';
import { holdCluster } from '../../../src/app/ask/hold-cluster.ts';
import { tendChanges } from '../../../src/app/ask/tend-changes.ts';
import { whatHolds } from '../../../src/app/policy/rights.ts';
import { ChangeRecord } from '../../../src/app/record/change-record.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { eventInWords } from '../../../src/domain/change/event-words.ts';
import type { HoldWish, UnreadHold } from '../../../src/domain/policy/hold.ts';
import { groups, people, policyOf } from '../../fixtures/policy.ts';
import {
  alice,
  applyAgain,
  approvalBy,
  approvedChangeOn,
  bench,
  bob,
  carol,
  granted,
  mallory,
  plannedChange,
  stateOf,
} from '../bench.ts';

const freeze: HoldWish = { hold: 'set', verb: 'freeze', cluster: 'lab', node: null, reason: 'year end' };
const unfreeze: HoldWish = { hold: 'lift', verb: 'freeze', cluster: 'lab', node: null };
const lock = (node: string | null): HoldWish => ({ hold: 'set', verb: 'lock', cluster: 'lab', node });
const unlock = (node: string | null): HoldWish => ({ hold: 'lift', verb: 'lock', cluster: 'lab', node });

type On = ReturnType<typeof bench>;
const held = (on: On, wish: HoldWish, by = alice) => holdCluster(wish, by, 'C0OPS', on.bot);

describe('an approved change that has not begun', () => {
  it('is not begun after its approver has left the group', async () => {
    const on = bench({ approvers: groups('S1') });
    on.groups.put('S1', bob.id);
    const change = await approvedChangeOn(on);
    on.groups.put('S1', carol.id);
    await tendChanges(on.bot);
    const ended = await stateOf(on, change.id);
    expect(ended?.refusal).toMatchObject({ refused: 'approval-withdrawn' });
    expect(ended?.refusal?.says).toContain('no longer counts, because the policy or the members of a user group');
    await on.work();
    expect(on.lab.ran).toEqual([]);
    expect((await stateOf(on, change.id))?.state).toBe('refused');
  });

  it('is not begun after a changed policy no longer names its approver', async () => {
    const on = bench({ approvers: people(bob.id, carol.id) });
    const change = await approvedChangeOn(on);
    await tendChanges({ ...on.bot, policy: policyOf({ requesters: people(alice.id), approvers: people(carol.id) }) });
    expect((await stateOf(on, change.id))?.refusal).toMatchObject({ refused: 'approval-withdrawn' });
    await on.work();
    expect(on.lab.ran).toEqual([]);
  });

  it('is held back while Slack cannot say who is in the group, and starts when it can', async () => {
    const on = bench({ approvers: groups('S1') });
    on.groups.put('S1', bob.id);
    const change = await approvedChangeOn(on);
    on.groups.hide('S1', 'Slack does not answer');
    await tendChanges(on.bot);
    await on.work();
    const waiting = await stateOf(on, change.id);
    expect(waiting?.state).toBe('approved');
    expect(on.lab.ran).toEqual([]);
    const why = async () => (waiting === undefined ? '' : (await whatHolds(waiting, on.bot)).heldBack);
    expect(await why()).toContain('It waits until the bot can read the user group S1 (Slack does not answer)');
    on.groups.put('S1', bob.id);
    expect(await why()).toBeUndefined();
    await tendChanges(on.bot);
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('done');
  });

  it('is revoked when it has expired and Slack still cannot say who is in the group', async () => {
    const on = bench({ approvers: groups('S1') });
    on.groups.put('S1', bob.id);
    const change = await approvedChangeOn(on);
    on.groups.hide('S1', 'Slack does not answer');
    on.clock.at += 3_600_000;
    await tendChanges(on.bot);
    expect((await stateOf(on, change.id))?.refusal?.says).toContain(
      'the approval of bob has expired while a user group could not be read',
    );
  });

  it('is not begun after its window has closed', async () => {
    const on = bench({ windows: [{ days: ['sun'], from: '09:00', to: '10:30', zone: 'UTC' }] });
    const change = await approvedChangeOn(on);
    await tendChanges(on.bot);
    expect((await stateOf(on, change.id))?.state).toBe('approved');
    on.clock.at += 31 * 60_000;
    await tendChanges(on.bot);
    expect((await stateOf(on, change.id))?.refusal?.says).toContain('maintenance windows');
  });

  it('starts when its window opens, and not before', async () => {
    const on = bench({ windows: [{ days: ['sun'], from: '10:30', to: '12:00', zone: 'UTC' }] });
    const change = await approvedChangeOn(on);
    const opens = '2026-11-22T10:30:00.000Z';
    const { approval } = (await stateOf(on, change.id))?.approval ?? {};
    expect(approval).toMatchObject({ notBefore: opens, expires: '2026-11-22T11:30:00.000Z' });
    expect(on.queue.waiting()).toEqual([]);
    on.clock.at = Date.parse(opens) - 1;
    await tendChanges(on.bot);
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('approved');
    on.clock.at += 1;
    await tendChanges(on.bot);
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('done');
  });

  it('is not begun before its window by a worker whose queue somebody wrote to', async () => {
    const on = bench({ windows: [{ days: ['sun'], from: '10:30', to: '12:00', zone: 'UTC' }] });
    const { id } = await approvedChangeOn(on);
    await applyAgain(on, id);
    expect((await stateOf(on, id))?.refusal).toMatchObject({ refused: 'approval-invalid' });
    expect((await stateOf(on, id))?.refusal?.says).toContain('for a window that opens only at 2026-11-22T10:30');
    expect(on.lab.ran).toEqual([]);
  });

  it('is revoked by a freeze at once, with its holder and reason', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    expect(isRefusal(await held(on, freeze))).toBe(false);
    expect((await stateOf(on, change.id))?.refusal?.says).toMatch(/frozen by alice since .*“year end”/);
    await on.work();
    expect(on.lab.ran).toEqual([]);
  });

  it('does not begin when the approval is revoked while the worker inspects the cluster', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const { look } = on.worker.kubernetes;
    on.worker.kubernetes.look = async (...order) => {
      await held(on, freeze);
      return await look.call(on.worker.kubernetes, ...order);
    };
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('refused');
    expect(on.lab.ran).toEqual([]);
    expect((await on.journal.events(change.id)).map(({ type }) => type)).toEqual([
      'requested',
      'planned',
      'approved',
      'refused',
    ]);
  });

  it('is revoked by a freeze that was set while the approver clicked', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const { append } = on.changes;
    on.changes.append = async (id, version, event) => {
      if (event.type === 'approved') await held(on, freeze);
      return await append.call(on.changes, id, version, event);
    };
    await on.decide(approvalBy(bob, change));
    expect(await stateOf(on, change.id)).toMatchObject({
      state: 'refused',
      refusal: { refused: 'approval-withdrawn' },
    });
    expect(on.queue.waiting()).toEqual([]);
  });

  it('either begins or is revoked, never both', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    await on.holds.set({ verb: 'freeze', node: null, by: alice, at: on.clock.now().toISOString() });
    const record = new ChangeRecord(change.id, on.worker);
    const at = on.clock.now().toISOString();
    const [begun] = await Promise.all([begin(record, at, on.journal), tendChanges(on.bot)]);
    const types = on.changes.events(change.id).map(({ type }) => type);
    expect(types.filter((type) => type === 'started' || type === 'refused')).toEqual([begun ? 'started' : 'refused']);
  });
});

describe('breaking glass', () => {
  const rules = {
    requesters: people(alice.id),
    approvals: 2,
    windows: [{ days: ['mon' as const], from: '09:00', to: '17:00', zone: 'UTC' }],
    breakGlass: { by: people(alice.id), tell: people(bob.id) },
  };
  const brokenBy = async (on: On) => {
    const change = await plannedChange(on);
    const decision = { ...approvalBy(alice, change), kind: 'break-glass' as const };
    expect(await on.decide(decision)).toMatchObject({ refused: 'bad-command' });
    return granted(await on.decide({ ...decision, reason: 'the bootstrap node is dying' }));
  };

  it('runs what one person requested and approved alone, outside the windows, and says so for good', async () => {
    const on = bench(rules);
    const { id, approval } = await brokenBy(on);
    expect(approval?.approval).toMatchObject({ approvers: [alice.id], breakGlass: 'the bootstrap node is dying' });
    await tendChanges(on.bot);
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done', brokenGlass: { by: alice } });
    const events = await on.journal.events(id);
    expect(events.map(eventInWords).join()).toContain(
      'BREAK GLASS, by one person alone: “the bootstrap node is dying”',
    );
  });

  it('is revoked by a freeze, and when the policy no longer allows it', async () => {
    const [frozen, stricter] = [bench(rules), bench(rules)];
    const one = await brokenBy(frozen);
    await held(frozen, freeze);
    expect((await stateOf(frozen, one.id))?.refusal?.says).toContain('frozen by alice');
    const other = await brokenBy(stricter);
    const { breakGlass: _, ...without } = rules;
    await tendChanges({ ...stricter.bot, policy: policyOf(without) });
    expect((await stateOf(stricter, other.id))?.refusal?.says).toContain('alice may not break glass any more');
  });
});

describe('a running change', () => {
  it('starts once a freeze for some time has ended, without anybody lifting it', async () => {
    const on = bench();
    const change = await plannedChange(on);
    expect(isRefusal(await held(on, { ...freeze, forMs: 60_000 }))).toBe(false);
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'frozen' });
    on.clock.at += 60_001;
    const before = (await on.changes.get(change.id))?.revision ?? 0;
    await tendChanges(on.bot);
    expect(await on.holds.all()).toEqual([]);
    expect((await on.changes.get(change.id))?.revision).toBeGreaterThan(before);
    expect(isRefusal(await on.decide(approvalBy(bob, change)))).toBe(false);
  });

  it('is frozen anew in place of a freeze that has ended', async () => {
    const on = bench();
    await plannedChange(on);
    await held(on, { ...freeze, forMs: 60_000 });
    on.clock.at += 60_001;
    expect(await held(on, freeze)).toMatchObject({ verb: 'freeze', reason: 'year end' });
    expect(await on.holds.all()).toHaveLength(1);
  });

  it('continues to its end during a freeze', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const { call } = on.lab.salt;
    on.worker.salt.call = async (...order) => {
      await held(on, freeze);
      return await call(...order);
    };
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('done');
  });
});

describe('a freeze', () => {
  it('refuses requests and approvals with its holder and reason, lets people deny, and ends when it is lifted', async () => {
    const on = bench();
    const change = await plannedChange(on);
    await held(on, freeze);
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'frozen' });
    expect(await on.request()).toMatchObject({ refused: 'frozen' });
    expect(isRefusal(await held(on, unfreeze))).toBe(false);
    expect(granted(await on.decide(approvalBy(bob, change))).state).toBe('approved');
  });

  it('redraws the cards of open changes', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const before = (await on.changes.get(change.id))?.revision ?? 0;
    await held(on, freeze);
    expect((await on.changes.get(change.id))?.revision).toBeGreaterThan(before);
  });

  it('is set by requesters and approvers, and lifted only by its holder or an approver', async () => {
    const on = bench({ requesters: people(alice.id, carol.id) });
    expect(await held(on, freeze, mallory)).toMatchObject({ refused: 'not-allowed' });
    expect(await held(on, unfreeze, bob)).toMatchObject({ refused: 'bad-command' });
    await held(on, freeze, alice);
    expect(await held(on, freeze, bob)).toMatchObject({ refused: 'frozen' });
    const others = await held(on, unfreeze, carol);
    expect(isRefusal(others) && others.says).toContain('by alice');
    expect(isRefusal(await held(on, unfreeze, bob))).toBe(false);
  });

  it('is refused in a channel that the policy does not name', async () => {
    const on = bench({ channels: ['C0OTHER'] });
    expect(await held(on, freeze)).toMatchObject({ refused: 'wrong-channel' });
  });
});

describe('a lock', () => {
  it('of a node stops what touches it, of the cluster everything; each is lifted by its own name', async () => {
    const on = bench();
    await held(on, lock('node-2'));
    expect(await on.request()).toMatchObject({ refused: 'locked' });
    expect(await held(on, unlock(null))).toMatchObject({ refused: 'bad-command' });
    await held(on, unlock('node-2'));
    await held(on, lock(null));
    expect(await on.request()).toMatchObject({ refused: 'locked' });
    await held(on, unlock(null));
    expect(isRefusal(await on.request())).toBe(false);
  });

  it('of a node whose engine the plan restarts stops the approval', async () => {
    const on = bench();
    const change = await plannedChange(on);
    await held(on, lock('node-1'));
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'locked' });
    await held(on, lock('node-9'));
    await held(on, unlock('node-1'));
    expect(granted(await on.decide(approvalBy(bob, change))).state).toBe('approved');
  });
});

describe('what cannot be read of freezes', () => {
  it('keeps from starting, and never from stopping', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.holds.all = () => Promise.reject(new Error('not one that this version knows'));
    await expect(on.decide(approvalBy(bob, change))).rejects.toThrow('knows');
    await expect(on.request()).rejects.toThrow('knows');
    expect(granted(await on.decide({ ...approvalBy(bob, change), kind: 'deny' })).state).toBe('denied');
  });
});

describe('a freeze that no bot has signed', () => {
  const forged: UnreadHold = { unread: 'unsigned', entry: 'digest', as: { verb: 'lock', node: 'node-9' } };

  it('stops every change, without a name or a reason, until an approver lifts it', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.holds.plant(forged, { ...forged, entry: 'other', as: 'other' });
    const says = expect.stringContaining('not signed by a trusted bot');
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'frozen', says });
    expect(await on.request()).toMatchObject({ refused: 'frozen', says });
    expect(await held(on, unfreeze, alice)).toMatchObject({ refused: 'not-allowed' });
    expect(isRefusal(await held(on, unlock('node-9'), bob))).toBe(false);
    expect(await on.request()).toMatchObject({ refused: 'frozen' });
    expect(isRefusal(await held(on, unfreeze, bob))).toBe(false);
    expect(granted(await on.decide(approvalBy(bob, change))).state).toBe('approved');
  });

  it('revokes an approval, and does not end by itself', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    on.holds.plant(forged);
    on.clock.at += 3_600_000;
    await tendChanges(on.bot);
    expect((await stateOf(on, change.id))?.refusal?.says).toContain('not signed by a trusted bot');
    expect(await on.holds.all()).toHaveLength(1);
  });

  it('is not replaced by a freeze or lock with the same place', async () => {
    const on = bench();
    on.holds.plant(forged);
    expect(await held(on, lock('node-9'))).toMatchObject({ says: expect.stringContaining('not signed') });
    expect(isRefusal(await held(on, freeze))).toBe(false);
    await held(on, unfreeze, bob);
    expect(await on.holds.all()).toEqual([forged]);
  });
});

describe('a policy that was made stricter while the bot was away', () => {
  it('revokes approvals that it no longer allows', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    const policy = policyOf({ requesters: people(alice.id), approvers: people(bob.id, carol.id), approvals: 2 });
    await tendChanges({ ...on.bot, policy });
    expect((await stateOf(on, change.id))?.refusal?.says).toContain('requires 2 approvals');
  });
});
