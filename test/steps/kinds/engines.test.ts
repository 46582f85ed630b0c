import { describe, expect, it } from 'vitest';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import type { EngineFacts } from '../../../src/domain/cluster/facts.ts';
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

  it('are not changed when Endpoints lack a registry at the last check', async () => {
    const lab = await labBefore('engines');
    lab.change = (seen) => ({
      ...seen,
      kube: { ...seen.kube, endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } },
    });
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toContain('The engines were not changed');
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
      'They list 10.200.3.11, 10.200.3.13 and 10.200.3.99 instead of exactly 10.200.3.11 and 10.200.3.13. The engines were not changed.',
    );
  });

  it('wait for a restarting minion before the job starts', async () => {
    const lab = await labBefore('engines');
    const { answering } = lab.salt;
    let looks = 0;
    lab.salt.answering = async (names, signal) => {
      looks += 1;
      const there = await answering(names, signal);
      return looks < 4 ? (there?.filter((name) => name !== 'node-3') ?? null) : there;
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ outcome: { already: false } });
    expect(looks).toBe(4);
  });

  it('are not changed when a minion stays silent, and the failure names its node', async () => {
    const lab = await labBefore('engines');
    lab.salt.answering = async (names) => names.filter((name) => name !== 'node-3');
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toBe('The minion of node-3 does not answer. The engines were not changed.');
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
    return await outcome(of('engines'), lab);
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
    expect(await lateOnNode3(running)).toMatchObject({ outcome: { already: false } });
  });

  it('fail after three checks in a row that find a node without result and without job', async () => {
    expect(await lateOnNode3([lost, lost, lost, runs])).toMatchObject({ failure: { kind: 'salt-no-return' } });
  });

  it('fail with the name of the node whose minion lost the job', async () => {
    const lab = await labBefore('engines');
    const { job } = lab.salt;
    lab.salt.job = async (jid, signal) => {
      const seen = await job(jid, signal);
      const { 'node-3': _, ...returns } = seen.returns;
      return { ...seen, returns };
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ failure: { where: 'node-3', kind: 'salt-no-return' } });
  });
});
