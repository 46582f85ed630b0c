import { describe, expect, it } from 'vitest';
import { doJob } from '../../../src/app/worker/do-job.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { nodes } from '../../fixtures/facts.ts';
import { alice, applyAgain, approvalBy, approvedChangeOn, type Bench, bench, bob, granted, stateOf } from '../bench.ts';

const never = () => new AbortController().signal;
const failedState = {
  is: 'failed',
  first: { id: 'Mount it', sls: 'metalk8s.archives.mounted', name: '/srv/x', comment: 'bad superblock' },
  failed: 1,
  skipped: 0,
} as const;

/** Runs the waiting job of a worker that dies as soon as this step has begun to act. */
async function dyingWhen(on: Bench, isTime: (event: ChangeEvent) => boolean) {
  const append = on.journal.append.bind(on.journal);
  let dead = false;
  on.journal.append = async (id, event) => {
    if (dead) throw new Error('dead');
    const mark = await append(id, event);
    dead = isTime(event);
    if (dead) throw new Error('dead');
    return mark;
  };
  await on.queue.drain((job) =>
    doJob(job, { ...on.worker, onUnexpectedError: () => undefined }, never()).catch(() => undefined),
  );
  on.journal.append = append;
}

const stepStarted = (step: string) => (event: ChangeEvent) => event.type === 'step-started' && event.step === step;

describe('a change that was interrupted', () => {
  it('resumes a copy although its part file occupies the space that it needs', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await dyingWhen(on, stepStarted('copy:node-2:metalk8s-128.0.1'));
    const { look } = on.worker.targets;
    on.worker.targets.look = async (...order) => {
      const seen = await look(...order);
      return seen.is === 'open'
        ? { ...seen, space: seen.space.map((one) => ({ ...one, available: 1_800_000_000 })) }
        : seen;
    };
    await applyAgain(on, id);
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
  });

  it('keeps the record of each step that was done, and adds none', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await dyingWhen(on, stepStarted('mount:node-2'));
    await applyAgain(on, id);
    const ends = (await on.journal.events(id)).filter((event) => event.type === 'step-done');
    expect(new Set(ends.map(({ step }) => step)).size).toBe(ends.length);
    expect(ends.filter(({ step, already }) => already && step.startsWith('copy:'))).toEqual([]);
  });

  it('notes once what was on the nodes before it, also when the worker died right after that', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await dyingWhen(on, ({ type }) => type === 'found');
    await applyAgain(on, id);
    expect((await on.journal.events(id)).filter(({ type }) => type === 'found')).toHaveLength(1);
    expect((await stateOf(on, id))?.state).toBe('done');
  });

  it('waits for an API server that comes back with its node', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await dyingWhen(on, stepStarted('mount:node-2'));
    const { look } = on.worker.kubernetes;
    let looks = 0;
    on.worker.kubernetes.look = async (signal) => {
      looks += 1;
      if (looks < 4) throw new Unreachable('the Kubernetes API', 'kubernetes', 'It is starting.');
      return await look(signal);
    };
    await applyAgain(on, id);
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
  });

  it('shows no step at work once it has failed', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    await dyingWhen(on, stepStarted('mount:node-2'));
    on.lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, saltMaster: null } });
    await applyAgain(on, id);
    const failed = await stateOf(on, id);
    expect(failed?.state).toBe('failed');
    expect(Object.values(failed?.steps ?? {}).filter(({ is }) => is === 'running')).toEqual([]);
  });

  it('is not called cancelled while its job is still changing every engine', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    await dyingWhen(on, (event) => event.type === 'job-started');
    granted(await on.decide({ ...approvalBy(alice, change), kind: 'cancel' }));
    const asked: string[] = [];
    const { job } = on.worker.salt;
    on.lab.change = (seen) =>
      asked.length > 0
        ? seen
        : {
            ...seen,
            engines: seen.engines.map(({ node }) => ({ node, is: 'known', endpoints: ['http://10.200.3.11:8080'] })),
          };
    on.worker.salt.job = async (jid, signal) => {
      asked.push(jid);
      return await job(jid, signal);
    };
    await applyAgain(on, change.id);
    expect(asked).not.toEqual([]);
    const ended = await stateOf(on, change.id);
    expect(ended?.state).toBe('cancelled');
    expect(ended?.steps['engines']?.is).toBe('done');
  });
});

describe('a retry after the engines were left half done', () => {
  it('starts a new job instead of reading the old one’s failure', async () => {
    const on = bench();
    const change = await approvedChangeOn(on);
    await dyingWhen(on, (event) => event.type === 'job-started');
    const single = ['http://10.200.3.11:8080'];
    on.lab.change = (seen) => ({
      ...seen,
      engines: seen.engines.map((one) =>
        one.node === 'node-3' ? { node: 'node-3', is: 'known', endpoints: single } : one,
      ),
      kube: { ...seen.kube, nodes: nodes.map((one) => ({ ...one, ready: one.name !== 'node-3' })) },
    });
    await applyAgain(on, change.id);
    expect((await stateOf(on, change.id))?.state).toBe('failed');
    let started = 0;
    const { start, job } = on.worker.salt;
    on.worker.salt.start = async (...order) => {
      started += 1;
      on.lab.change = (seen) => seen;
      await start(...order);
      return '20261122120000000000';
    };
    on.worker.salt.job = async (jid, signal) => {
      const told = await job(jid, signal);
      const isOld = jid !== '20261122120000000000';
      return isOld ? { ...told, returns: { ...told.returns, 'node-3': failedState } } : told;
    };
    on.lab.change = (seen) => ({
      ...seen,
      engines: seen.engines.map((one) =>
        one.node === 'node-3' ? { node: 'node-3', is: 'known', endpoints: single } : one,
      ),
    });
    granted(await on.decide({ ...approvalBy(bob, change), kind: 'retry' }));
    await on.work();
    expect(await stateOf(on, change.id)).toMatchObject({ state: 'done' });
    expect(started).toBe(1);
  });
});
