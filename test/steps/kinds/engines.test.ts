import { describe, expect, it } from 'vitest';
import { labBefore, never, of, outcome, raise } from '../steps-world.ts';

describe('the engines', () => {
  it('are never told a second time while their job is known: a resumed step reads the job instead', async () => {
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

  it('are left alone when Endpoints lack a registry at the last look: it would be taken out of every node', async () => {
    const lab = await labBefore('engines');
    lab.change = (seen) => ({
      ...seen,
      kube: { ...seen.kube, endpoints: { ready: ['10.200.3.13'], notReady: ['10.200.3.11'] } },
    });
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toContain('the engines were not touched');
  });

  it('wait for a minion that restarts: the others would be reconfigured and this one not', async () => {
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

  it('are left alone while a minion stays away, and the node is named', async () => {
    const lab = await labBefore('engines');
    lab.salt.answering = async (names) => names.filter((name) => name !== 'node-3');
    const { ran, failure } = await outcome(of('engines'), lab);
    expect(ran).toEqual([]);
    expect(failure?.what).toBe('The minion of node-3 does not answer. The engines were not touched.');
  });

  it('have their job id on the journal before anybody asks for the job', async () => {
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

  it('outlive looks that fail while containerd restarts on the bootstrap node', async () => {
    const lab = await labBefore('engines');
    const { job } = lab.salt;
    const { Unreachable } = await import('../../../src/domain/answers/failure.ts');
    let looks = 0;
    lab.salt.job = async (jid, signal) => {
      looks += 1;
      if (looks < 5) throw new Unreachable('the cluster', 'kubernetes', 'connection refused');
      return await job(jid, signal);
    };
    expect(await outcome(of('engines'), lab)).toMatchObject({ outcome: { already: false } });
  });

  it('are given up on with the node’s name when its minion lost the job', async () => {
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
