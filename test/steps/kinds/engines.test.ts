import { describe, expect, it } from 'vitest';
import { CancelAsked } from '../../../src/app/apply/cancel-watch.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import type { EngineFacts } from '../../../src/domain/cluster/facts.ts';
import type { Step } from '../../../src/domain/plan/step.ts';
import { SettableClock } from '../../app/bench.ts';
import type { FakeLab } from '../../fakes/fake-lab.ts';
import { labBefore, never, of, outcome, raise } from '../steps-world.ts';

describe('the engines', () => {
  it('are reconfigured once: a resumed step reads the running job instead of starting another', async () => {
    const lab = await labBefore('engines');
    const start = lab.salt.start;
    await start(of('engines').commands[0]?.command ?? raise(), never);
    lab.ran.length = 0;
    const { engines } = lab.salt;
    let looks = 0;
    // The first look finds them unfinished, as a job that still runs would leave them.
    lab.salt.engines = async (names, signal) => {
      looks += 1;
      return looks === 1 ? [] : await engines(names, signal);
    };
    expect(await outcome(of('engines'), lab, { startedJob: '20261122101530123456' })).toMatchObject({
      outcome: { already: false },
      ran: [],
    });
  });

  it('wait for a healthy node, if the next engine follows', async () => {
    const lab = await labBefore('engines');
    const all = of('engines');
    if (all.kind !== 'engines') throw new Error('It is a step of the engines.');
    const gated: Step = { ...all, gated: true };
    lab.change = (seen) => {
      const isDone = lab.ran.length > 0;
      const nodes = seen.kube.nodes.map((node) => ({ ...node, ready: !isDone || node.name !== 'node-1' }));
      return { ...seen, kube: { ...seen.kube, nodes } };
    };
    expect((await outcome(gated, lab)).failure).toMatchObject({
      where: 'node-1',
      what: 'node-1 is not Ready since its container engine restarted.',
    });
    expect(await outcome({ ...all, id: 'engines' }, await labBefore('engines'))).toMatchObject({
      outcome: { already: false },
    });
  });

  it('are not changed when Endpoints lack a registry at the last check', async () => {
    const lab = await labBefore('engines');
    lab.change = (seen) => ({
      ...seen,
      kube: { ...seen.kube, endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } },
    });
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toContain('The job for the engines was not started');
  });

  it('are not changed when Endpoints list an extra registry at the last check', async () => {
    const lab = await labBefore('engines');
    lab.change = (seen) => ({
      ...seen,
      kube: { ...seen.kube, endpoints: { ready: ['10.200.3.11', '10.200.3.13', '10.200.3.99'], notReady: [] } },
    });
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toBe(
      'They list 10.200.3.11, 10.200.3.13 and 10.200.3.99 instead of exactly 10.200.3.11 and 10.200.3.13. The job for the engines was not started.',
    );
  });

  const NO_ANSWER = '`crictl info` on node-3 gave no answer that can be read. It says: FATA.';
  const SILENT = 'The minion of node-3 did not answer.';
  it.each<readonly [EngineFacts['is'], string, string]>([
    ['no-answer', NO_ANSWER, NO_ANSWER],
    ['silent', SILENT, SILENT],
    ['other-layout', 'it has no list.', 'The container engine of node-3 cannot be checked: it has no list.'],
  ])('fail with the node and what its engine says: %s', async (is, says, what) => {
    for (const kind of ['engines', 'verify'] as const) {
      const lab = await labBefore(kind);
      const { engines } = lab.salt;
      lab.salt.engines = async (names, signal) =>
        (await engines(names, signal)).map((one) =>
          one.node === 'node-3' && is !== 'known' ? { node: 'node-3', is, says } : one,
        );
      expect(await outcome(of(kind), lab)).toMatchObject({ failure: { where: 'node-3', what } });
    }
  });

  it('have their job ID in the journal before the job is read', async () => {
    const lab = await labBefore('engines');
    const order: string[] = [];
    const { job } = lab.salt;
    lab.salt.job = async (jid, signal) => {
      order.push('asked');
      return await job(jid, signal);
    };
    await outcome(of('engines'), lab, { onJob: async (jid) => void order.push(`journal ${jid}`) });
    expect(order).toEqual(['journal 20261122101530123456', 'asked']);
  });

  it('survive failed reads while containerd restarts on the bootstrap node', async () => {
    const lab = await labBefore('engines');
    const { job } = lab.salt;
    let looks = 0;
    lab.salt.job = async (jid, signal) => {
      looks += 1;
      if (looks < 5) throw new Unreachable('the cluster', 'kubernetes', 'connection refused');
      return await job(jid, signal);
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ outcome: { already: false } });
  });

  /** node-3 answers late, and these are the answers to whether it runs the job until then. */
  async function lateOnNode3(running: readonly (() => readonly string[])[]) {
    const lab = await labBefore('engines');
    const { job } = lab.salt;
    const left = [...running];
    lab.salt.job = async (jid, signal) => {
      const seen = await job(jid, signal);
      const { 'node-3': _, ...others } = seen.returns;
      return left.length === 0 ? seen : { ...seen, returns: others };
    };
    lab.salt.stillRunning = async () => left.shift()?.() ?? [];
    return { ...(await outcome(of('engines'), lab)), unasked: left.length };
  }
  const lost = () => [];
  const runs = () => ['node-3'];
  const notTold = (): never => {
    throw new Unreachable('the cluster', 'kubernetes', 'connection refused');
  };

  it.each([
    ['does not seem to run it twice in a row, again and again', [lost, lost, runs, lost, lost, runs, lost, lost]],
    ['cannot be asked whether it runs it', [notTold, notTold, notTold, notTold]],
  ])('are waited for while a node that still owes its answer %s', async (_, running) => {
    expect(await lateOnNode3(running)).toMatchObject({ outcome: { already: false }, unasked: 0 });
  });

  /** node-3 never returns a result; its engine was reconfigured or not. */
  async function withoutResultOf3(lab: FakeLab, isConfigured: boolean) {
    const { job } = lab.salt;
    lab.salt.job = async (jid, signal) => {
      const seen = await job(jid, signal);
      const { 'node-3': _, ...returns } = seen.returns;
      return { ...seen, returns };
    };
    if (!isConfigured) {
      lab.change = (seen) => ({
        ...seen,
        engines: seen.engines.map((one) =>
          one.node === 'node-3' ? { ...one, endpoints: ['http://10.200.3.11:8080'] } : one,
        ),
      });
    }
    return await outcome(of('engines'), lab);
  }

  it('are read alone while results come in; only ten seconds without a new one have the minions asked', async () => {
    const lab = await labBefore('engines');
    const [clock, { job }] = [new SettableClock(), lab.salt];
    const reads: number[] = [];
    let asked = 0;
    lab.salt.stillRunning = async () => {
      asked += 1;
      return ['node-3'];
    };
    lab.salt.job = async (jid, signal) => {
      const seen = await job(jid, signal);
      reads.push(clock.steadyMs());
      const first = reads[0] ?? 0;
      const come = Object.entries(seen.returns).slice(0, Math.floor((clock.steadyMs() - first) / 6_000));
      return { ...seen, returns: Object.fromEntries(come) };
    };
    expect(await outcome(of('engines'), lab, { clock })).toMatchObject({ outcome: { already: false } });
    expect(reads.length).toBeGreaterThan(8);
    expect(asked).toBe(0);
  });

  it('ask a quiet minion every ten seconds, and read its result at once when it has just ended the job', async () => {
    const lab = await labBefore('engines');
    const [clock, { job }] = [new SettableClock(), lab.salt];
    const from = clock.steadyMs();
    const endsAt = from + 45_000;
    const asked: number[] = [];
    lab.salt.stillRunning = async () => {
      asked.push(clock.steadyMs() - from);
      return clock.steadyMs() < endsAt ? ['node-3'] : [];
    };
    lab.salt.job = async (jid, signal) => {
      const { returns, ...seen } = await job(jid, signal);
      const late = Object.entries(returns).filter(
        ([node]) => node !== 'node-3' || (asked.at(-1) ?? 0) >= endsAt - from,
      );
      return { ...seen, returns: Object.fromEntries(late) };
    };
    expect(await outcome(of('engines'), lab, { clock })).toMatchObject({ outcome: { already: false } });
    expect(asked).toHaveLength(5);
    expect(clock.steadyMs() - from - (asked.at(-1) ?? 0)).toBe(500);
  });

  it('fail after three checks in a row that find a node without result and without job', async () => {
    const lab = await labBefore('engines');
    let checks = 0;
    lab.salt.stillRunning = async () => {
      checks += 1;
      return checks > 3 ? ['node-3'] : [];
    };
    expect(await withoutResultOf3(lab, false)).toMatchObject({ failure: { kind: 'salt-dropped' } });
    expect(checks).toBe(3);
  });

  it('are done if only the result of a node was lost, and its engine lists the registries', async () => {
    expect(await withoutResultOf3(await labBefore('engines'), true)).toMatchObject({ outcome: { already: false } });
  });

  it('fail with the name of the node whose minion answers, and does not run the job', async () => {
    expect(await withoutResultOf3(await labBefore('engines'), false)).toMatchObject({
      failure: {
        where: 'node-3',
        kind: 'salt-dropped',
        what: 'The minion answers, but it does not run the job any more, and it did not return a result.',
      },
    });
  });

  it('fail with another sentence when that minion does not answer', async () => {
    const lab = await labBefore('engines');
    lab.salt.answering = async () => [];
    expect(await withoutResultOf3(lab, false)).toMatchObject({
      failure: { where: 'node-3', kind: 'salt-no-return', detail: 'The minion of node-3 does not answer.' },
    });
  });

  it('report a node that sends no result while they wait', async () => {
    const lab = await labBefore('engines');
    const notes: (string | undefined)[] = [];
    lab.salt.job = async (jid) => ({ jid, known: true, targeted: [], returns: {} });
    await outcome(of('engines'), lab, { onProgress: ({ note }) => void notes.push(note) });
    expect(notes).toContain(
      'job 20261122101530123456. No result and no sign of the job on bootstrap, node-1, node-2 and node-3; checking again',
    );
  });

  it('fail with every node that failed', async () => {
    const lab = await labBefore('engines');
    const error = { is: 'error', why: 'command', says: 'it broke' } as const;
    lab.saltSays.set('engines node-2', error);
    lab.saltSays.set('engines node-3', error);
    expect(await outcome(of('engines'), lab)).toMatchObject({
      failure: { kind: 'several', where: 'node-2 and node-3', detail: 'node-2: it broke\nnode-3: it broke' },
    });
  });

  it('wait for Endpoints that lost an address for a moment, before anything has run', async () => {
    const lab = await labBefore('engines');
    const { endpoints } = lab.kubernetes;
    let looks = 0;
    const notes: (string | undefined)[] = [];
    lab.kubernetes.endpoints = async (signal) => {
      looks += 1;
      return looks < 4 ? { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] } : await endpoints(signal);
    };
    const ended = await outcome(of('engines'), lab, { onProgress: ({ note }) => void notes.push(note) });
    expect(ended).toMatchObject({ outcome: { already: false } });
    expect(notes[0]).toContain('They list 10.200.3.11 instead of exactly 10.200.3.11 and 10.200.3.13. Waiting.');
  });

  it('can be cancelled at once while they wait for the Endpoints', async () => {
    const lab = await labBefore('engines');
    const cancel = new AbortController();
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        cancel.abort(new CancelAsked({ id: 'U1', name: 'bob' }));
      });
    lab.kubernetes.endpoints = async (signal) => await hang(signal);
    await expect(outcome(of('engines'), lab, { cancelled: cancel.signal })).rejects.toThrow(CancelAsked);
    expect(lab.ran).toEqual([]);
  });
});
