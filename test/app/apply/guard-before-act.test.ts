import { expect, it } from 'vitest';
import { guardBeforeAct, guardMachine } from '../../../src/app/apply/guard-before-act.ts';
import type { NodeFacts } from '../../../src/domain/cluster/facts.ts';
import type { RunningJob } from '../../../src/domain/cluster/salt.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import { FakeChanges } from '../../fakes/fake-changes.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';
import { emptyTarget, node } from '../../fixtures/facts.ts';
import { SettableClock } from '../bench.ts';

const OWN = '20261122101530123456';
const job = (jid: string): RunningJob => ({ jid, fun: 'state.sls', nodes: ['node-3'] });

/** Asks the guard before an act of a change that has started the job OWN; tells how long it waited. */
async function asked(lab: FakeLab, changes = new FakeChanges('lab'), clock = new SettableClock(), waitsForSalt = true) {
  const from = clock.steadyMs();
  const said: string[] = [];
  const ports = { ...lab, clock, changes, onWait: (says: string) => void said.push(says) };
  const planned = {
    version: '128.0.1',
    reach: 'cluster' as const,
    nodes: ['bootstrap', 'node-1', 'node-2', 'node-3'],
    ownJobs: [OWN],
    waitsForSalt,
    busyOthers: () => new Set(['node-2']),
  };
  await guardBeforeAct(planned, ports, new AbortController().signal);
  return { waitedMs: clock.steadyMs() - from, said };
}

it('lets a step act at once while only the change’s own Salt job runs', async () => {
  const lab = new FakeLab();
  lab.jobs = [job(OWN)];
  expect(await asked(lab)).toEqual({ waitedMs: 0, said: [] });
});

it('lets a step act while a step of the same change runs on another node, but not while a run reaches further', async () => {
  const lab = new FakeLab();
  lab.jobs = [{ ...job('20261122100000000000'), nodes: ['node-2'] }];
  expect(await asked(lab)).toEqual({ waitedMs: 0, said: [] });
  lab.jobs = [{ ...job('20261122100000000000'), nodes: ['node-2', 'node-3'] }];
  await expect(asked(lab)).rejects.toMatchObject({ kind: 'salt-busy' });
});

it('waits for another state run, says which, and stops the step after ten minutes', async () => {
  const lab = new FakeLab();
  lab.jobs = [job(OWN), job('20261122100000000000')];
  await expect(asked(lab)).rejects.toMatchObject({
    kind: 'salt-busy',
    what: 'Stopped before the next action: state.sls on node-3 (jid 20261122100000000000) has not ended in ten minutes.',
  });
  let looks = 0;
  lab.salt.stateRuns = async (answered) => {
    looks += 1;
    return { answered, runs: looks < 3 ? lab.jobs : [] };
  };
  const { waitedMs, said } = await asked(lab);
  expect(waitedMs).toBe(10_000);
  expect(said[0]).toBe('Waiting for another Salt state run to end: state.sls on node-3 (jid 20261122100000000000).');
});

it('waits for a minion that does not answer, because it may run a state, and stops the step after two minutes', async () => {
  const lab = new FakeLab();
  const all = lab.salt.stateRuns;
  let looks = 0;
  lab.salt.stateRuns = async (nodes, signal) => {
    looks += 1;
    return await all(looks < 3 ? nodes.filter((node) => node !== 'node-3') : nodes, signal);
  };
  const says = 'The Salt minion of node-3 does not answer, so nobody knows which states run there.';
  expect(await asked(lab)).toEqual({ waitedMs: 10_000, said: Array(2).fill(`${says} Waiting.`) });
  lab.salt.stateRuns = (nodes, signal) => all(nodes.slice(0, -1), signal);
  await expect(asked(lab)).rejects.toMatchObject({
    kind: 'minion-silent',
    what: `Stopped before the next action: ${says}`,
  });
});

it('does not wait for the minion of a node on which a step of the same change runs', async () => {
  const lab = new FakeLab();
  const all = lab.salt.stateRuns;
  lab.salt.stateRuns = (nodes, signal) =>
    all(
      nodes.filter((node) => node !== 'node-2'),
      signal,
    );
  expect(await asked(lab)).toEqual({ waitedMs: 0, said: [] });
});

it('asks Salt nothing before a copy, which writes where no state does', async () => {
  const lab = new FakeLab();
  lab.jobs = [job('20261122100000000000')];
  lab.salt.stateRuns = () => Promise.reject(new Error('asked'));
  expect(await asked(lab, undefined, undefined, false)).toEqual({ waitedMs: 0, said: [] });
});

it('waits for the Salt master, and stops the step after two minutes', async () => {
  const lab = new FakeLab();
  lab.salt.stateRuns = async () => null;
  const clock = new SettableClock();
  const from = clock.steadyMs();
  await expect(asked(lab, new FakeChanges('lab'), clock)).rejects.toMatchObject({ kind: 'salt-master-down' });
  expect(clock.steadyMs() - from).toBe(120_000);
});

it.each([
  [
    'a node that is not Ready',
    { readyNodes: false, readyRegistry: true },
    'node-not-ready',
    'No longer Ready: node-1.',
  ],
  ['the bootstrap’s registry', { readyNodes: true, readyRegistry: false }, 'bootstrap-registry-not-ready', 'registry'],
])('waits for %s, and stops the step after two minutes', async (_, { readyNodes, readyRegistry }, kind, says) => {
  const lab = new FakeLab();
  const all = lab.kubernetes.look;
  let looks = 0;
  let until = 3;
  lab.kubernetes.look = async (signal) => {
    looks += 1;
    const kube = await all(signal);
    if (looks >= until) return kube;
    const nodes = kube.nodes.map((one) => ({ ...one, ready: one.name !== 'node-1' || readyNodes }));
    return { ...kube, nodes, endpoints: readyRegistry ? kube.endpoints : { ready: [], notReady: [] } };
  };
  const { waitedMs, said } = await asked(lab);
  expect([waitedMs, said.length]).toEqual([10_000, 2]);
  expect(said[0]).toContain(says);
  expect(said[0]).toMatch(/Waiting for at most two minutes\.$/);
  until = Number.POSITIVE_INFINITY;
  const clock = new SettableClock();
  const from = clock.steadyMs();
  await expect(asked(lab, new FakeChanges('lab'), clock)).rejects.toMatchObject({ kind });
  expect(clock.steadyMs() - from).toBe(120_000);
});

it('asks Salt again after a wait for a node, because a state may have begun meanwhile', async () => {
  const lab = new FakeLab();
  const all = lab.kubernetes.look;
  const asks: string[] = [];
  const runs = lab.salt.stateRuns;
  lab.salt.stateRuns = (nodes, signal) => {
    asks.push('salt');
    return runs(nodes, signal);
  };
  lab.kubernetes.look = async (signal) => {
    const kube = await all(signal);
    asks.push('kube');
    return asks.length > 2 ? kube : { ...kube, nodes: kube.nodes.map((one) => ({ ...one, ready: false })) };
  };
  await asked(lab);
  expect(asks).toEqual(['salt', 'kube', 'salt', 'kube']);
});

it('stops a worker in whose place another one works by now', async () => {
  const changes = new FakeChanges('lab');
  changes.stillOurs = () => Promise.reject(new Error('another worker has taken over'));
  await expect(asked(new FakeLab(), changes)).rejects.toThrow('another worker');
});

it('stops a step when another machine answers at the node’s address than the one in the approved plan', async () => {
  const lab = new FakeLab();
  const step = {
    id: 'mount:node-2',
    kind: 'mount',
    says: '',
    node: 'node-2',
    commands: [{ on: 'node-2', command: command('true') }],
  };
  const guard = () => guardMachine(step, lab.facts(), lab, new AbortController().signal);
  await expect(guard()).resolves.toBeUndefined();
  lab.machine = () => ({ ...emptyTarget('node-2').machine, id: 'another' });
  await expect(guard()).rejects.toMatchObject({
    kind: 'wrong-machine',
    what: expect.stringContaining('machine ID is another'),
  });
  lab.machine = () => emptyTarget('node-3').machine;
  await expect(guard()).rejects.toMatchObject({ kind: 'wrong-machine' });
});

it.each([
  ['has joined', 'New in the cluster: node-4. The plan does not configure its container engine.', ['node-4']],
  ['is gone', 'No longer in the cluster: node-3.', []],
])('stops the step when a node %s since the change began', async (_, says, added) => {
  const lab = new FakeLab();
  lab.change = (seen) => ({ ...seen, kube: { ...seen.kube, nodes: withNodes(seen.kube.nodes, added) } });
  await expect(asked(lab)).rejects.toMatchObject({
    kind: 'plan-stale',
    what: `Stopped before the next action: ${says}`,
  });
});

function withNodes(nodes: readonly NodeFacts[], added: readonly string[]): readonly NodeFacts[] {
  if (added.length === 0) return nodes.filter(({ name }) => name !== 'node-3');
  return [...nodes, ...added.map((name) => node(name, 15, ['node']))];
}
