import { describe, expect, it } from 'vitest';
import { redisFailed } from '../../../src/adapters/redis/server/failures.ts';
import { tendChanges } from '../../../src/app/ask/tend-changes.ts';
import { reportLostRecords } from '../../../src/app/record/lost-records.ts';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { RECORD_LOST } from '../../../src/domain/change/lost-record.ts';
import {
  approvalBy,
  approvedChangeOn,
  type Bench,
  bench,
  bob,
  granted,
  plannedChange,
  stateOf,
  underWay,
} from '../bench.ts';

/** Redis comes back without its data, and the worker looks what it has lost. */
async function redisLosesAll(on: Bench): Promise<readonly string[]> {
  on.changes.lose();
  on.cards.lose();
  return await tellAgain(on);
}

async function tellAgain(
  { worker, journal, changes, clock }: Bench,
  ended: ChangeEvent[] = [],
): Promise<readonly string[]> {
  const forgotten: string[] = [];
  await reportLostRecords({
    ...worker,
    journal,
    changes,
    clock,
    onLost: (id) => void forgotten.push(id),
    onBehind: () => undefined,
    onTold: () => undefined,
    onBotEnd: (_, end) => void ended.push(end),
  });
  return forgotten;
}

const retry = async (on: Bench, id: string) => {
  const change = await stateOf(on, id);
  if (change === undefined) throw new Error('no record');
  return granted(await on.decide({ ...approvalBy(bob, change), kind: 'retry' }));
};

describe('when Redis comes back without its data', () => {
  it('a change in progress is reported as failed with its completed steps, and does not resume by itself', async () => {
    const on = bench();
    const id = await underWay(on);
    const before = await on.journal.events(id);
    const ran = on.lab.ran.length;
    expect(await redisLosesAll(on)).toEqual([id]);
    expect(await stateOf(on, id)).toMatchObject({
      state: 'failed',
      failure: { kind: RECORD_LOST },
      requester: { name: 'alice' },
    });
    const done = before.filter(({ type }) => type === 'step-done').length;
    expect(done).toBeGreaterThan(0);
    expect(on.changes.events(id).filter(({ type }) => type === 'step-done')).toHaveLength(done);
    await tendChanges(on.bot);
    await on.work();
    expect(on.lab.ran).toHaveLength(ran);
  });

  it('Retry from here runs the remaining steps after a new approval', async () => {
    const on = bench();
    const id = await underWay(on);
    await redisLosesAll(on);
    await retry(on, id);
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done', proof: { served: 5, engines: 4 } });
    const steps = (await on.journal.events(id)).flatMap((event) => (event.type === 'step-done' ? [event.step] : []));
    expect(new Set(steps).size).toBe(steps.length);
  });

  it('an approval from before the loss starts nothing, even if it is written back', async () => {
    const on = bench();
    const id = await underWay(on);
    const ran = on.lab.ran.length;
    const old = on.changes.events(id).find(({ type }) => type === 'approved');
    await redisLosesAll(on);
    if (old === undefined) throw new Error('no approval');
    expect(await on.changes.append(id, on.changes.events(id).length, old)).toBe(true);
    await doJob({ kind: 'apply', id }, on.worker, new AbortController().signal);
    expect(await stateOf(on, id)).toMatchObject({ state: 'refused', refusal: { refused: 'approval-invalid' } });
    expect(on.lab.ran).toHaveLength(ran);
  });

  it('its card keeps its place, which the worker noted when it planned', async () => {
    const on = bench();
    const id = await underWay(on);
    await redisLosesAll(on);
    expect(on.changes.events(id)[0]).toMatchObject({ card: { channel: 'C0OPS', ts: '1.2' }, retold: { approvals: 1 } });
  });

  it('a worker that dies during the restore leaves nothing that resumes, and the next worker completes it', async () => {
    for (let dies = 1; ; dies += 1) {
      const on = bench();
      const id = await underWay(on);
      const ran = on.lab.ran.length;
      const append = on.changes.append.bind(on.changes);
      let entries = 0;
      on.changes.append = async (...entry) => {
        entries += 1;
        if (entries === dies) throw redisFailed(new Error('killed'));
        return await append(...entry);
      };
      const died = await redisLosesAll(on).then(
        () => false,
        () => true,
      );
      on.changes.append = append;
      await tendChanges(on.bot);
      await on.work();
      expect(on.lab.ran, `died at entry ${dies}`).toHaveLength(ran);
      await tellAgain(on);
      expect(await stateOf(on, id), `died at entry ${dies}`).toMatchObject({ state: 'failed' });
      expect((await on.journal.events(id)).filter(({ type }) => type === 'failed')).toHaveLength(1);
      if (!died) return expect(dies).toBeGreaterThan(6);
    }
  });

  it('an unreadable record does not keep other changes from being restored', async () => {
    const on = bench();
    const broken = await underWay(on);
    const { id } = await plannedChange(on, { verb: 'add', cluster: 'lab', nodes: ['node-1'] });
    const get = on.changes.get.bind(on.changes);
    on.changes.get = (wanted) => (wanted === broken ? Promise.reject(new Error('unreadable')) : get(wanted));
    await expect(redisLosesAll(on)).rejects.toThrow('1 failed');
    expect(await stateOf(on, id)).toMatchObject({ state: 'failed', failure: { kind: RECORD_LOST } });
  });

  it('a second loss is reported as well', async () => {
    const on = bench();
    const id = await underWay(on);
    await redisLosesAll(on);
    expect(await redisLosesAll(on)).toEqual([id]);
    expect(await stateOf(on, id)).toMatchObject({ state: 'failed', failure: { kind: RECORD_LOST } });
  });

  it('a plan that nobody can decide on any more says so, and that nothing was changed', async () => {
    const on = bench();
    const { id } = await plannedChange(on);
    expect(await redisLosesAll(on)).toEqual([id]);
    const change = await stateOf(on, id);
    expect(change).toMatchObject({ state: 'failed' });
    expect(change?.failure?.what).toContain('Nothing was changed.');
  });

  it('a change that ended or expired is not restored', async () => {
    const on = bench();
    await approvedChangeOn(on);
    await on.work();
    await plannedChange(on, { verb: 'add', cluster: 'lab', nodes: ['node-1'] });
    on.clock.at += 3 * 3_600_000;
    expect(await redisLosesAll(on)).toEqual([]);
  });

  it('a change that is known to Redis is left alone, also after its retry', async () => {
    const on = bench();
    const id = await underWay(on);
    expect(await tellAgain(on)).toEqual([]);
    await redisLosesAll(on);
    await retry(on, id);
    expect(await tellAgain(on)).toEqual([]);
    expect(await stateOf(on, id)).toMatchObject({ state: 'approved' });
  });
});

describe('a job that may have lost its record', () => {
  it('stops when the record is missing, and leaves the report to the restore', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const append = on.journal.append.bind(on.journal);
    on.journal.append = async (change, event) => {
      if (event.type === 'step-started' && event.step.startsWith('mount')) on.changes.lose();
      return await append(change, event);
    };
    const lost: true[] = [];
    const ports = { ...on.worker, onRecordLost: () => void lost.push(true) };
    const job = doJob({ kind: 'apply', id }, ports, new AbortController().signal);
    await expect(job).rejects.toMatchObject({ kind: 'record-gone' });
    expect(lost).toHaveLength(1);
    expect(on.surprises).toEqual([]);
    expect((await on.journal.events(id)).at(-1)?.type).toBe('step-started');
    on.journal.append = append;
    expect(await tellAgain(on)).toEqual([id]);
    expect(await stateOf(on, id)).toMatchObject({ state: 'failed', failure: { kind: RECORD_LOST } });
  });

  it.each([
    ['Redis does not answer', redisFailed(new Error('read ECONNRESET')), 1],
    ['the cluster does not answer', new Unreachable('node-2', 'unreachable', 'no route'), 0],
  ])('has it looked for when %s', async (_, error, times) => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const lost: true[] = [];
    const ports = { ...on.worker, onRecordLost: () => void lost.push(true) };
    if (times === 1) on.changes.get = () => Promise.reject(error);
    else on.worker.kubernetes.look = () => Promise.reject(error);
    await doJob({ kind: 'apply', id }, ports, new AbortController().signal).catch(() => undefined);
    expect(lost).toHaveLength(times);
  });
});

describe('an end that only the bot has written', () => {
  const endsSeenOn = async (on: Bench): Promise<readonly string[]> => {
    const ended: ChangeEvent[] = [];
    await tellAgain(on, ended);
    return ended.map(({ type }) => type);
  };

  it('is passed on for a day, and leaves the journal as it is', async () => {
    const on = bench();
    const { id, digest = '' } = await plannedChange(on);
    expect(await endsSeenOn(on)).toEqual([]);
    granted(await on.decide({ kind: 'deny', change: id, digest, by: bob, channel: 'C0OPS' }));
    const before = await on.journal.events(id);
    expect(await endsSeenOn(on)).toEqual(['denied']);
    expect(await on.journal.events(id)).toEqual(before);
    on.clock.at += 24 * 3_600_000;
    expect(await endsSeenOn(on)).toEqual([]);
  });

  it('is none for a change that the worker has ended itself', async () => {
    const on = bench();
    await approvedChangeOn(on);
    await on.work();
    expect(await endsSeenOn(on)).toEqual([]);
  });
});
