import { describe, expect, it } from 'vitest';
import { PlainFailure, Unreachable } from '../../../src/domain/answers/failure.ts';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import { approvalBy, approvedChangeOn, bench, bob, granted, plannedChange } from '../bench.ts';
import { deskBench, FakeTalk, RULES, until } from './desk-bench.ts';

const ADD = ['node-2'];

describe('a change requested at the terminal', () => {
  it('runs when another person has approved it there, and both see it end', async () => {
    const { type, newest, on } = deskBench();
    const hers = new FakeTalk();
    const asked = type('alice', 'add', ['node-2', '--reason', 'new disk'], {}, hers);
    await until(async () => (await newest())?.state === 'planned' && hers.lines.length > 0);
    const id = (await newest())?.id ?? '';
    expect(hers.lines).toEqual([`It waits for bob or carol: registry-ha approve ${id}`]);
    const his = await type('bob', 'approve', [id]);
    await asked;
    const change = await newest();
    expect(change).toMatchObject({
      state: 'done',
      requester: { id: 'login:alice', name: 'alice' },
      approvers: [{ id: 'login:bob', name: 'bob' }],
      terminal: { login: 'alice', uid: 0 },
      channel: 'C0OPS',
    });
    expect(change).not.toHaveProperty('brokenGlass');
    expect(his.lines).toContain('Approved by bob.');
    expect(his.last).toEqual({ is: 'ended', change: id, says: '' });
    expect(hers.last).toEqual(his.last);
    expect(on.changes.events(id)).toEqual([]);
    expect(on.surprises).toEqual([]);
  });

  it('names the open change of the same node that Slack has, until its plan expires', async () => {
    const on = bench();
    const { type, newest } = deskBench(RULES, on);
    const change = await plannedChange(on);
    const says = async () => {
      const talk = await type('alice', 'add', ADD, {}, new FakeTalk(() => null));
      return talk.said.findLast((one) => one.is === 'plan')?.says ?? '';
    };
    const beside = `${change.id} is open for the same node. Approving one makes the other plans out of date.`;
    expect(await says()).toContain(beside);
    expect((await newest())?.state).toBe('cancelled');
    on.clock.at += 2 * 3_600_000;
    expect(await says()).not.toContain('is open');
  });

  it('needs as many approvals as the configuration says', async () => {
    const { type, newest } = deskBench({ ...RULES, approvals: 2 });
    const hers = new FakeTalk();
    const asked = type('alice', 'add', ADD, {}, hers);
    await until(async () => (await newest())?.state === 'planned' && hers.lines.length > 0);
    const id = (await newest())?.id ?? '';
    const his = await type('bob', 'approve', [id]);
    expect(his.last).toMatchObject({ is: 'ended', says: 'More approvals are needed.' });
    expect((await newest())?.state).toBe('planned');
    const again = await type('bob', 'approve', [id]);
    expect(again.last).toMatchObject({ is: 'refused', refusal: { refused: 'decided-already' } });
    await type('carol', 'approve', [id]);
    await asked;
    expect(hers.lines).toContain('Approved by bob: 1 of 2 approvals.');
    expect(await newest()).toMatchObject({ state: 'done', approvers: [{ name: 'bob' }, { name: 'carol' }] });
  });

  it('may be started by one person alone who may break glass, and says so for good', async () => {
    const { type, newest, on } = deskBench();
    const talk = await type('dave', 'add', ADD, { breakGlass: 'Slack is down' });
    expect(talk.lines).toContain('BREAK GLASS by dave: “Slack is down”.');
    expect(await newest()).toMatchObject({
      state: 'done',
      brokenGlass: { reason: 'Slack is down' },
      approver: { id: 'login:dave' },
    });
    const events = await on.journal.events((await newest())?.id ?? '');
    expect(events.find(({ type: is }) => is === 'approved')).toMatchObject({
      signed: { approval: { breakGlass: 'Slack is down' } },
    });
  });

  it('is dropped when the plan is not confirmed', async () => {
    const { type, newest, on } = deskBench();
    const talk = await type('alice', 'add', ADD, {}, new FakeTalk(() => null));
    expect(talk.last).toMatchObject({ is: 'refused', refusal: { refused: 'not-confirmed' } });
    expect(await newest()).toMatchObject({ state: 'cancelled', cancelledBy: { id: 'login:alice' } });
    const other = await type(
      'dave',
      'add',
      ADD,
      { breakGlass: 'x' },
      new FakeTalk(() => ({ confirms: 'f'.repeat(64) })),
    );
    expect(other.last).toMatchObject({ is: 'refused', refusal: { refused: 'not-confirmed' } });
    expect(on.lab.ran).toEqual([]);
  });

  it('goes on when the command has gone, and its plan waits', async () => {
    const { type, newest } = deskBench();
    const hers = new FakeTalk();
    const asked = type('alice', 'add', ADD, {}, hers);
    await until(() => hers.lines.length > 0);
    hers.leave();
    await asked;
    const id = (await newest())?.id ?? '';
    expect((await newest())?.state).toBe('planned');
    await type('bob', 'approve', [id]);
    expect((await newest())?.state).toBe('done');
  });
});

describe('nobody', () => {
  it.each<[string, Parameters<ReturnType<typeof deskBench>['type']>, string]>([
    ['requests without being named', ['mallory', 'add', ADD], 'not-allowed'],
    ['breaks glass without being named', ['alice', 'add', ADD, { breakGlass: 'please' }], 'not-allowed'],
    ['breaks glass without a reason', ['dave', 'add', ADD, { breakGlass: ' ' }], 'bad-command'],
    ['approves what does not exist', ['bob', 'approve', ['lab-7f3k2z']], 'unknown-change'],
    ['asks for a dry run of the worker', ['alice', 'add', ['node-2', '--dry-run']], 'bad-command'],
    ['asks for another cluster', ['alice', 'add', ['node-2', '--cluster', 'prod']], 'unknown-cluster'],
  ])('%s; the journal says nothing of it', async (_, typed, refused) => {
    const { type, newest } = deskBench();
    expect((await type(...typed)).last).toMatchObject({ is: 'refused', refusal: { refused } });
    expect(await newest()).toBeNull();
  });

  it('requests anything where the configuration names nobody', async () => {
    const { type, newest } = deskBench({ ...RULES, requesters: [], approvers: [], breakGlass: [] });
    expect((await type('root', 'add', ADD)).last).toMatchObject({ is: 'refused', refusal: { refused: 'not-allowed' } });
    expect(await newest()).toBeNull();
  });

  it('requests what nobody else could approve', async () => {
    const { type } = deskBench({ ...RULES, approvers: ['bob'] });
    expect((await type('bob', 'add', ADD)).last).toMatchObject({
      is: 'refused',
      refusal: { refused: 'not-approvable' },
    });
  });

  it('approves their own change, or one without permission', async () => {
    const { type, newest, on } = deskBench();
    const hers = new FakeTalk();
    const asked = type('bob', 'add', ADD, {}, hers);
    await until(() => hers.lines.length > 0);
    const id = (await newest())?.id ?? '';
    expect((await type('bob', 'approve', [id])).last).toMatchObject({ refusal: { refused: 'own-request' } });
    expect((await type('mallory', 'approve', [id])).last).toMatchObject({ refusal: { refused: 'not-allowed' } });
    expect((await type('mallory', 'cancel', [id])).last).toMatchObject({ refusal: { refused: 'not-allowed' } });
    expect(on.lab.ran).toEqual([]);
    hers.leave();
    await asked;
  });

  it('approves, cancels or retries at the terminal what was requested in Slack', async () => {
    const on = bench();
    const { type } = deskBench(RULES, on);
    const { id } = await plannedChange(on);
    for (const command of ['approve', 'cancel'] as const)
      expect((await type('bob', command, [id])).last).toMatchObject({ refusal: { refused: 'wrong-channel' } });
    expect(on.lab.ran).toEqual([]);
  });
});

describe('one change at a time', () => {
  it('a second terminal is told which change is carried out', async () => {
    const { type, newest, on } = deskBench();
    let second: Promise<FakeTalk> | undefined;
    const append = on.journal.append.bind(on.journal);
    on.journal.append = async (change, event) => {
      if (event.type === 'started') second = type('dave', 'add', ['node-3'], { breakGlass: 'also urgent' });
      return await append(change, event);
    };
    await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    const [first] = await on.journal.changes();
    expect((await second)?.last).toEqual({ is: 'busy', change: first });
    expect((await newest())?.id).toBe(first);
    expect((await newest())?.state).toBe('done');
  });

  it('a job of the queue keeps the terminal away, and waits for it', async () => {
    const { type, watch, on } = deskBench();
    const order: string[] = [];
    const job = Promise.withResolvers<void>();
    const running = watch.job('lab-slack2', () => job.promise);
    expect((await type('dave', 'add', ADD, { breakGlass: 'urgent' })).last).toEqual({
      is: 'busy',
      change: 'lab-slack2',
    });
    job.resolve();
    await running;
    const append = on.journal.append.bind(on.journal);
    let queued: Promise<void> | undefined;
    on.journal.append = async (change, event) => {
      if (event.type === 'started') queued = watch.job('lab-slack3', async () => void order.push('queue'));
      if (event.type === 'done') order.push('terminal');
      return await append(change, event);
    };
    await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    await queued;
    expect(order).toEqual(['terminal', 'queue']);
  });

  it('while the worker cannot work, nothing begins', async () => {
    const { type, trouble, newest } = deskBench();
    trouble.says = 'The disk is full.';
    const talk = await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    expect(talk.last).toMatchObject({ is: 'failed', failure: { what: 'It cannot work now: The disk is full.' } });
    expect(await newest()).toBeNull();
  });
});

describe('cancel and retry', () => {
  it('stops a running change at a safe point, by its requester, and a retry finishes it', async () => {
    const { type, newest, on } = deskBench();
    let cancel: Promise<FakeTalk> | undefined;
    const append = on.journal.append.bind(on.journal);
    on.journal.append = async (change, event) => {
      const mark = await append(change, event);
      if (event.type !== 'found') return mark;
      cancel = type('dave', 'cancel', [change]);
      await until(async () => (await newest())?.cancelAskedBy !== undefined);
      // The run looks for it once a second.
      for (let seconds = 0; seconds < 5; seconds += 1) await on.clock.sleep(1_000, new AbortController().signal);
      return mark;
    };
    await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    expect((await cancel)?.last).toMatchObject({ is: 'ended' });
    expect((await newest())?.failure).toBeUndefined();
    expect(await newest()).toMatchObject({ state: 'cancelled', cancelledBy: { id: 'login:dave' } });
    expect(on.surprises).toEqual([]);
  });

  it('a failed change is retried with a new approval, by another person than its requester', async () => {
    const { type, newest, on } = deskBench();
    const fits = on.lab.copier.copy;
    on.lab.copier.copy = () => Promise.reject(new Unreachable('node-2', 'unreachable', 'It is away.'));
    await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    const id = (await newest())?.id ?? '';
    expect((await newest())?.state).toBe('failed');
    const undo = await type('carol', 'undo', [id], {}, new FakeTalk(() => null));
    expect(undo.said).toMatchObject([{ is: 'wait' }, { is: 'ended' }]);
    expect(await newest()).toMatchObject({ state: 'refused', refusal: { refused: 'nothing-to-undo' } });
    on.lab.copier.copy = fits;
    expect((await type('dave', 'retry', [id])).last).toMatchObject({ refusal: { refused: 'own-request' } });
    const his = await type('bob', 'retry', [id]);
    expect(his.last).toMatchObject({ is: 'ended' });
    const [first = ''] = await on.journal.changes();
    const change = changeFrom(await on.journal.events(first));
    expect(change).toMatchObject({ state: 'done', approvals: 2, approver: { id: 'login:bob' } });
    expect(change?.brokenGlass?.by.name).toBe('dave');
  });
});

it('a change whose plan no longer fits is not retried at the terminal', async () => {
  const { type, newest, on } = deskBench();
  on.lab.copier.copy = () => Promise.reject(new Unreachable('node-2', 'host-key-changed', 'It shows another key.'));
  await type('dave', 'add', ADD, { breakGlass: 'urgent' });
  const id = (await newest())?.id ?? '';
  expect((await type('bob', 'retry', [id])).last).toMatchObject({
    refusal: { refused: 'plan-stale', tryNext: expect.stringContaining('Request the change again') },
  });
});

describe('an approval counts where it was given', () => {
  it('one of Slack does not start a change of the terminal', async () => {
    const { type, newest, runs, on } = deskBench();
    const hers = new FakeTalk();
    const asked = type('alice', 'add', ADD, {}, hers);
    await until(() => hers.lines.length > 0);
    const change = await newest();
    if (change === null) throw new Error('no change');
    const { id, digest = '' } = change;
    const foreign = on.signer.sign({
      ...{ v: 1, change: id, cluster: 'lab', verb: 'add', nodes: ['node-2'], digest, requester: 'login:alice' },
      ...{ approvers: ['login:bob'], at: on.clock.now().toISOString(), nonce: 'x' },
      expires: new Date(on.clock.at + 60_000).toISOString(),
    });
    const at = on.clock.now().toISOString();
    await runs.decide(id, () => ({
      type: 'approved',
      at,
      approver: { id: 'login:bob', name: 'bob' },
      signed: foreign,
    }));
    await asked;
    expect(await newest()).toMatchObject({ state: 'refused', refusal: { refused: 'approval-invalid' } });
    expect(on.lab.ran).toEqual([]);
  });

  it('one of the terminal does not start a change of Slack', async () => {
    const on = bench();
    const { signer } = deskBench(RULES, on);
    const change = await plannedChange(on);
    const slack = granted(await on.decide(approvalBy(bob, change)));
    const stored = await on.changes.get(change.id);
    const approval = slack.approval?.approval;
    if (stored === null || approval === undefined) throw new Error('not approved');
    const event = {
      type: 'approved',
      at: on.clock.now().toISOString(),
      approver: bob,
      signed: signer.sign({ ...approval, nonce: 'y' }),
    } as const;
    await on.changes.append(change.id, stored.version, event);
    await on.work();
    expect((await on.changes.get(change.id))?.change.refusal?.says).toContain('does not trust its signature');
    expect(on.lab.ran).toEqual([]);
  });

  it('one that was used is not taken again', async () => {
    const { type, newest, runs, on } = deskBench();
    await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    const id = (await newest())?.id ?? '';
    const approved = (await on.journal.events(id)).find((event) => event.type === 'approved');
    if (approved === undefined) throw new Error('never approved');
    on.lab.ran.length = 0;
    await runs.decide(id, () => approved);
    expect(on.lab.ran).toEqual([]);
  });
});

describe('a worker that dies', () => {
  it('leaves a change that the next one resumes before any job of the queue', async () => {
    const on = bench();
    const first = deskBench(RULES, on);
    const append = on.journal.append.bind(on.journal);
    on.journal.append = async (change, event) => {
      const mark = await append(change, event);
      if (event.type === 'step-started' && event.step.startsWith('mount')) first.ending.abort(new Error('killed'));
      return mark;
    };
    await first.type('dave', 'add', ADD, { breakGlass: 'urgent' });
    expect((await first.newest())?.state).toBe('applying');
    on.journal.append = append;
    const next = deskBench(RULES, on);
    const order: string[] = [];
    const resumed = next.runs.resume();
    await resumed;
    const queued = next.watch.job('lab-slack2', async () => void order.push((await next.newest())?.state ?? ''));
    await queued;
    expect(order).toEqual(['done']);
    expect(next.ended).toEqual([1]);
  });

  it('a change of Slack is left to the queue', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const next = deskBench(RULES, on);
    await next.runs.resume();
    await next.runs.close();
    expect((await on.changes.get(id))?.change.state).toBe('approved');
  });
});

describe('when Redis is back', () => {
  it('it gets an approved change once, as the journal has it, even if it loses it later', async () => {
    const { type, newest, on, told, redisIsBack } = deskBench();
    await type('dave', 'add', ADD, { breakGlass: 'urgent' });
    const id = (await newest())?.id ?? '';
    await redisIsBack();
    await redisIsBack();
    expect(told).toEqual([`told ${id}`]);
    const stored = await on.changes.get(id);
    expect(stored?.change).toMatchObject({
      state: 'done',
      brokenGlass: { reason: 'urgent' },
      requester: { id: 'login:dave' },
      channel: 'C0OPS',
      isTold: true,
    });
    expect(stored?.change.proof).toEqual((await newest())?.proof);
    on.changes.lose();
    await redisIsBack();
    expect(await on.changes.get(id)).toBeNull();
    expect(told).toHaveLength(1);
  });

  it('a plan that nobody approved stays at the terminal, and is not taken for lost', async () => {
    const { type, on, newest, told, redisIsBack } = deskBench();
    const hers = new FakeTalk();
    const asked = type('alice', 'add', ADD, {}, hers);
    await until(() => hers.lines.length > 0);
    await redisIsBack();
    expect(told).toEqual([]);
    expect((await newest())?.state).toBe('planned');
    expect(await on.changes.recent(9)).toEqual([]);
    hers.leave();
    await asked;
  });
});

describe('a freeze or lock', () => {
  const FROZEN = {
    verb: 'freeze',
    node: null,
    by: { id: 'U0ALICE', name: 'alice' },
    at: '2026-03-01T09:00:00.000Z',
  } as const;
  const unreachable = new PlainFailure('redis', { where: 'Redis', what: 'No answer.', next: 'Look why.' });

  it('refuses a request before anything is inspected, and says who can lift it', async () => {
    const { type, holds, newest } = deskBench();
    await holds.set(FROZEN);
    const talk = await type('alice', 'add', ADD);
    expect(talk.said).toMatchObject([{ is: 'refused', refusal: { refused: 'frozen' } }]);
    expect(talk.last).toMatchObject({ refusal: { says: expect.stringContaining('is frozen by alice') } });
    expect(await newest()).toBeNull();
  });

  it('refuses a plan that touches the node, and ends that plan', async () => {
    const { type, holds, newest, on } = deskBench();
    await holds.set({ ...FROZEN, verb: 'lock', node: 'node-1' });
    const talk = await type('alice', 'add', ADD);
    expect(talk.last).toMatchObject({ is: 'refused', refusal: { refused: 'locked' } });
    expect((await newest())?.state).toBe('cancelled');
    expect(on.lab.ran).toEqual([]);
  });

  it('refuses an approval when it came after the request, also while the approver reads the plan', async () => {
    const { type, holds, newest } = deskBench();
    const hers = new FakeTalk();
    const asked = type('alice', 'add', ADD, {}, hers);
    await until(async () => (await newest())?.state === 'planned' && hers.lines.length > 0);
    const id = (await newest())?.id ?? '';
    const reading = new FakeTalk(({ digest }) => {
      void holds.set(FROZEN);
      return { confirms: digest };
    });
    expect((await type('bob', 'approve', [id], {}, reading)).last).toMatchObject({ refusal: { refused: 'frozen' } });
    expect((await type('carol', 'approve', [id])).last).toMatchObject({ refusal: { refused: 'frozen' } });
    expect((await newest())?.state).toBe('planned');
    await holds.lift(FROZEN);
    await type('carol', 'approve', [id]);
    await asked;
    expect((await newest())?.state).toBe('done');
  });

  it('does not stop who breaks glass, who is told of it', async () => {
    const { type, holds, newest } = deskBench();
    await holds.set(FROZEN);
    const talk = await type('dave', 'add', ADD, { breakGlass: 'images are lost' });
    const plan = talk.said.find(({ is }) => is === 'plan');
    expect(plan).toMatchObject({ says: expect.stringContaining('is frozen by alice') });
    expect(plan).toMatchObject({ says: expect.stringContaining('all the same') });
    expect((await newest())?.state).toBe('done');
  });

  it('is unknown without Redis, and the person is told so', async () => {
    const { type, holds, newest } = deskBench();
    holds.all = async () => Promise.reject(unreachable);
    const talk = await type('dave', 'add', ADD, { breakGlass: 'Redis is down' });
    expect(talk.said.find(({ is }) => is === 'plan')).toMatchObject({
      says: expect.stringContaining('it is unknown whether'),
    });
    expect((await newest())?.state).toBe('done');
  });

  it('without a signature stops everyone but who breaks glass, and shows no name', async () => {
    const { type, holds } = deskBench();
    holds.plant({ unread: 'unsigned', entry: 'digest', as: 'other' });
    const talk = await type('alice', 'add', ADD);
    expect(talk.last).toMatchObject({
      refusal: { refused: 'frozen', says: expect.stringContaining('not signed by a trusted bot') },
    });
    const alone = await type('dave', 'add', ADD, { breakGlass: 'images are lost' });
    expect(alone.said.find(({ is }) => is === 'plan')).toMatchObject({ says: expect.stringContaining('all the same') });
  });

  it('stops everyone if Redis has more of them than bots write', async () => {
    const { type, holds, newest } = deskBench();
    holds.all = async () =>
      Promise.reject(new PlainFailure('record', { where: 'lab', what: 'Cannot read it.', next: 'Update.' }));
    const talk = await type('dave', 'add', ADD, { breakGlass: 'now' });
    expect(talk.last).toMatchObject({ is: 'failed', failure: { what: 'Cannot read it.' } });
    expect(await newest()).toBeNull();
  });
});
