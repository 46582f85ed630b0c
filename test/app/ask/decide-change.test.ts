import { describe, expect, it } from 'vitest';
import { tendChanges } from '../../../src/app/ask/tend-changes.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import { alice, approvalBy, bench, bob, granted, mallory, plannedChange } from '../bench.ts';

const HOUR = 3_600_000;

describe('a decision', () => {
  it('by an approver queues the change, and says who it was', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const approved = granted(await on.decide(approvalBy(bob, change)));
    expect(approved.approver).toEqual(bob);
    expect(on.queue.waiting()).toEqual([{ kind: 'apply', id: change.id, attempt: 1 }]);
  });

  it.each([
    ['the requester', alice, 'own-request'],
    ['nobody in particular', mallory, 'not-allowed'],
  ] as const)('by %s changes nothing', async (_, by, refused) => {
    const on = bench();
    const change = await plannedChange(on);
    expect(await on.decide(approvalBy(by, change))).toMatchObject({ refused });
    expect((await on.changes.get(change.id))?.change.state).toBe('planned');
    expect(on.queue.waiting()).toEqual([]);
  });

  it('on an older card than the newest plan changes nothing', async () => {
    const on = bench();
    const change = await plannedChange(on);
    expect(await on.decide({ ...approvalBy(bob, change), digest: 'f'.repeat(64) })).toMatchObject({
      refused: 'plan-stale',
    });
  });

  it('counts until the very moment in which the plan expires, and the change then runs', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const expires = Date.parse(change.planExpires ?? '');
    on.clock.at += expires - on.clock.now().getTime() - 1;
    const approved = granted(await on.decide(approvalBy(bob, change)));
    expect(Date.parse(approved.approval?.approval.expires ?? '')).toBeGreaterThan(expires);
    on.clock.at += 1;
    await tendChanges(on.bot);
    expect((await on.changes.get(change.id))?.change.state).toBe('approved');
    await on.work();
    expect((await on.changes.get(change.id))?.change.state).toBe('done');
  });

  it('in the moment in which the plan expires comes too late', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.clock.at += Date.parse(change.planExpires ?? '') - on.clock.now().getTime();
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'expired' });
    expect(on.queue.waiting()).toEqual([]);
  });

  it('is the approval or the expiry, whichever is recorded first, and never both', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.clock.at += Date.parse(change.planExpires ?? '') - on.clock.now().getTime() - 1;
    const decided = on.decide(approvalBy(bob, change));
    on.clock.at += 1;
    const [answer] = await Promise.all([decided, tendChanges(on.bot)]);
    const state = (await on.changes.get(change.id))?.change.state;
    expect(state).toBe(isRefusal(answer) ? 'expired' : 'approved');
    expect(on.queue.waiting()).toHaveLength(isRefusal(answer) ? 0 : 1);
  });

  it('after the plan expired ends the change instead', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.clock.at += HOUR + 1;
    expect(await on.decide(approvalBy(bob, change))).toMatchObject({ refused: 'expired' });
    expect((await on.changes.get(change.id))?.change.state).toBe('expired');
  });

  it('is made once: of twenty simultaneous clicks one wins, and the others are told who won', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const answers = await Promise.all(Array.from({ length: 20 }, () => on.decide(approvalBy(bob, change))));
    const refusals = answers.filter((answer) => isRefusal(answer));
    expect(refusals).toHaveLength(19);
    expect(refusals.every((refusal) => refusal.says.includes('approved by bob'))).toBe(true);
    expect(on.queue.waiting()).toHaveLength(1);
  });

  it('starts nothing while another change of the same node is approved, and does once that has ended', async () => {
    const on = bench();
    const first = await plannedChange(on);
    const second = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, first)));
    const refusal = await on.decide(approvalBy(bob, second));
    expect(refusal).toMatchObject({
      refused: 'plan-stale',
      says: `${first.id} is approved, and changes node-2 too. This plan was made without it.`,
    });
    granted(await on.decide({ ...approvalBy(bob, first), kind: 'cancel' }));
    expect(granted(await on.decide(approvalBy(bob, second))).state).toBe('approved');
  });

  it('has the cards of other open changes of the node redrawn, and so has a request', async () => {
    const on = bench();
    const first = await plannedChange(on);
    const before = on.changes.revisions().get(first.id) ?? 0;
    const second = await plannedChange(on);
    const asked = on.changes.revisions().get(first.id) ?? 0;
    expect(asked).toBeGreaterThan(before);
    granted(await on.decide(approvalBy(bob, second)));
    expect(on.changes.revisions().get(first.id)).toBeGreaterThan(asked);
  });

  it('to deny is open to the requester', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const denied = granted(await on.decide({ ...approvalBy(alice, change), kind: 'deny' }));
    expect(denied.state).toBe('denied');
  });

  it('about an unknown change is refused with an explanation', async () => {
    const on = bench();
    expect(
      await on.decide({ kind: 'approve', change: 'lab-aaaaaa', digest: '', by: bob, channel: 'C0OPS' }),
    ).toMatchObject({
      refused: 'decided-already',
    });
  });
});

describe('a failed change', () => {
  async function failedChange(on: ReturnType<typeof bench>) {
    const first = { id: 'Mount it', sls: 'metalk8s.archives.mounted', name: '/srv/x', comment: 'no space' };
    on.lab.saltSays.set('metalk8s.archives.mounted', { is: 'failed', first, failed: 1, skipped: 0 });
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    await on.work();
    on.lab.saltSays.clear();
    return (await on.changes.get(change.id))?.change ?? change;
  }

  it('resumes from the failed step after a new approval, and repeats no completed step', async () => {
    const on = bench();
    const failed = await failedChange(on);
    expect(failed.state).toBe('failed');
    const before = on.lab.ran.length;
    granted(await on.decide({ ...approvalBy(bob, failed), kind: 'retry' }));
    await on.work();
    const done = (await on.changes.get(failed.id))?.change;
    expect(done).toMatchObject({ state: 'done', approvals: 2 });
    expect(on.lab.ran.slice(before).join('\n')).not.toContain(' dd ');
    expect(on.lab.ran.filter((line) => line.includes('container-engine'))).toHaveLength(1);
  });

  it('is not retried by its requester: a retry is a new approval', async () => {
    const on = bench();
    const failed = await failedChange(on);
    expect(await on.decide({ ...approvalBy(alice, failed), kind: 'retry' })).toMatchObject({ refused: 'own-request' });
  });

  it('is not retried with a plan that has expired', async () => {
    const on = bench();
    const failed = await failedChange(on);
    on.clock.at += 2 * HOUR;
    expect(await on.decide({ ...approvalBy(bob, failed), kind: 'retry' })).toMatchObject({ refused: 'expired' });
  });

  it('is not retried in vain once its plan is of another machine, but can be closed', async () => {
    const on = bench();
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    on.lab.copier.copy = () => Promise.reject(new Unreachable('node-2', 'host-key-changed', 'It shows another key.'));
    await on.work();
    const failed = (await on.changes.get(change.id))?.change ?? change;
    expect(failed.failure).toMatchObject({ kind: 'host-key-changed', next: expect.stringContaining('a new plan') });
    expect(await on.decide({ ...approvalBy(bob, failed), kind: 'retry' })).toEqual({
      refused: 'plan-stale',
      says: `The plan of ${change.id} no longer fits the cluster, so a retry would stop again.`,
      tryNext: 'Request the change again: the new plan has only the missing steps.',
    });
    expect((await on.changes.get(change.id))?.change.approvals).toBe(1);
    expect(granted(await on.decide({ ...approvalBy(alice, failed), kind: 'cancel' })).state).toBe('cancelled');
  });

  it('is closed by Cancel, and cannot be retried after that', async () => {
    const on = bench();
    const failed = await failedChange(on);
    expect(granted(await on.decide({ ...approvalBy(alice, failed), kind: 'cancel' })).state).toBe('cancelled');
    expect(await on.decide({ ...approvalBy(bob, failed), kind: 'retry' })).toMatchObject({
      refused: 'decided-already',
    });
  });
});

describe('a running change', () => {
  it('stops before its next step when cancelled, and says by whom and what is done', async () => {
    const on = bench();
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    const { call } = on.lab.salt;
    on.worker.salt.call = async (...order) => {
      const answer = await call(...order);
      await on.decide({ ...approvalBy(alice, change), kind: 'cancel' });
      // The worker looks for the wish by the fake clock, which lets two seconds pass with each turn of the event loop.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return answer;
    };
    await on.work();
    const stopped = (await on.changes.get(change.id))?.change;
    expect(stopped).toMatchObject({ state: 'cancelled', cancelledBy: alice });
    expect(stopped?.steps['mount:node-2']?.is).toBe('done');
    expect(stopped?.steps['solutions:node-2']).toBeUndefined();
    expect(on.lab.ran.join('\n')).not.toContain('solutions.available');
  });

  it('accepts one cancel, and tells the second person who was first', async () => {
    const on = bench();
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    const { call } = on.lab.salt;
    const answers: unknown[] = [];
    on.worker.salt.call = async (...order) => {
      for (const by of [alice, bob]) answers.push(await on.decide({ ...approvalBy(by, change), kind: 'cancel' }));
      return await call(...order);
    };
    await on.work();
    expect(answers.slice(0, 2)).toMatchObject([
      { cancelAskedBy: alice },
      {
        refused: 'decided-already',
        says: `alice already requested to cancel ${change.id}. It stops at the next safe point.`,
      },
    ]);
  });

  it('that is only queued starts nothing after a cancel', async () => {
    const on = bench();
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' }));
    expect(await on.decide({ ...approvalBy(bob, change), kind: 'cancel' })).toMatchObject({
      refused: 'decided-already',
    });
    await on.work();
    expect((await on.changes.get(change.id))?.change.state).toBe('cancelled');
    expect(on.lab.ran).toEqual([]);
  });

  it('cannot be cancelled by a person without permission', async () => {
    const on = bench();
    const change = await plannedChange(on);
    granted(await on.decide(approvalBy(bob, change)));
    expect(await on.decide({ ...approvalBy(mallory, change), kind: 'cancel' })).toMatchObject({
      refused: 'not-allowed',
    });
  });
});

describe('open changes', () => {
  it('expire when nobody decides, so that an old plan is never approved', async () => {
    const on = bench();
    const change = await plannedChange(on);
    on.clock.at += HOUR + 1;
    await tendChanges(on.bot);
    expect((await on.changes.get(change.id))?.change.state).toBe('expired');
  });

  it('are queued again when the bot died between the decision and the queue', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const died = () => Promise.reject(new Error('the bot died'));
    const lostQueue = { add: died, withdraw: async () => undefined, ensure: died, ahead: on.queue.ahead };
    const { decideChange } = await import('../../../src/app/ask/decide-change.ts');
    await expect(
      decideChange(approvalBy(bob, change), { ...on.bot, queue: lostQueue, signer: on.signer }),
    ).rejects.toThrow('died');
    expect(on.queue.waiting()).toEqual([]);
    await tendChanges(on.bot);
    expect(on.queue.waiting()).toEqual([{ kind: 'apply', id: change.id, attempt: 1 }]);
  });

  it('without a card end, when the bot died before it could post one', async () => {
    const on = bench();
    const { requestChange } = await import('../../../src/app/ask/request-change.ts');
    const { addNode2 } = await import('../../fixtures/facts.ts');
    await expect(
      requestChange(addNode2, alice, 'C0OPS', () => Promise.reject(new Error('not_in_channel')), on.bot),
    ).rejects.toThrow('not_in_channel');
    expect(await on.changes.open()).toEqual([]);
    expect(on.queue.waiting()).toEqual([]);
  });
});
