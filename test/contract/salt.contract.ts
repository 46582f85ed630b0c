import { expect, test } from 'vitest';
import { SaltFailed, Unreachable } from '../../src/domain/answers/failure.ts';
import type { NodeAccess } from '../../src/domain/cluster/facts.ts';
import type { SaltReturn } from '../../src/domain/cluster/salt.ts';
import { command } from '../../src/domain/node-commands/command.ts';
import type { Salt } from '../../src/ports/salt.ts';
import type { FakeSalt } from '../fakes/fake-salt.ts';

/** A Salt, and the world behind it to set things up. */
export interface SaltStage {
  readonly salt: Salt;
  readonly world: FakeSalt;
}

const { signal } = new AbortController();
const NODES = ['bootstrap', 'node-1', 'node-2'];
const ENDPOINTS = ['http://10.200.3.11:8080', 'http://10.200.3.13:8080'];
const ENGINES = command(
  'salt',
  '--async',
  '-L',
  NODES.join(','),
  'state.sls',
  'metalk8s.container-engine',
  'saltenv=metalk8s-128.0.1',
);
export const CALL = command(
  'salt-call',
  '--out=json',
  'state.sls',
  'metalk8s.archives.mounted',
  'saltenv=metalk8s-128.0.1',
);
export const RUN = { name: 'run', again: false, onWait: () => undefined };
export const access = (node: string): NodeAccess => ({
  node,
  host: node,
  port: 22,
  user: 'root',
  keyPath: '/k',
  sudo: false,
});

export const FAILED: SaltReturn = {
  is: 'failed',
  first: { id: 'Install containerd', sls: 'metalk8s.container-engine', name: 'containerd', comment: 'HTTP Error 404' },
  failed: 1,
  skipped: 1,
};

/** The contract of Salt. `nodes` are bootstrap, node-1 and node-2, all up. */
export function saltContract(
  stageFor: (nodes: readonly string[], endpoints: readonly string[]) => Promise<SaltStage>,
): void {
  const stage = () => stageFor(NODES, ENDPOINTS);

  test('lists only minions that answer', async () => {
    const { salt, world } = await stage();
    expect(await salt.answering(NODES, signal)).toEqual(NODES);
    Object.assign(world.minions.get('node-1') ?? {}, { up: false });
    expect(await salt.answering(NODES, signal)).toEqual(['bootstrap', 'node-2']);
    expect(await salt.answering(['nobody'], signal)).toEqual([]);
  });

  test('tells a master that is down from minions that are down', async () => {
    const { salt, world } = await stage();
    world.masterUp = false;
    expect(await salt.answering(NODES, signal)).toBeNull();
  });

  test('reads no list of state runs, and no engine, while the master is down', async () => {
    const { salt, world } = await stage();
    world.masterUp = false;
    expect(await salt.stateRuns(NODES, signal)).toBeNull();
    for (const asked of [salt.engines(NODES, signal), salt.stillRunning('1', NODES, signal)])
      await expect(asked).rejects.toSatisfy((e) => e instanceof Unreachable && e.fault === 'salt-master');
  });

  test('follows a job from its start to its end', async () => {
    const { salt, world } = await stage();
    const jid = await salt.start(ENGINES, signal);
    expect(jid).toMatch(/^\d{20}$/);
    expect(await salt.job(jid, signal)).toEqual({ jid, known: true, targeted: NODES, returns: {} });
    expect(await salt.stateRuns(NODES, signal)).toEqual({
      answered: NODES,
      runs: [{ fun: 'state.sls', jid, nodes: NODES }],
    });
    expect(await salt.stillRunning(jid, NODES, signal)).toEqual(NODES);
    world.finish(jid, 'node-1');
    expect(Object.keys((await salt.job(jid, signal)).returns)).toEqual(['node-1']);
    expect(await salt.stillRunning(jid, NODES, signal)).toEqual(['bootstrap', 'node-2']);
    world.finish(jid);
    expect((await salt.job(jid, signal)).returns).toEqual(
      Object.fromEntries(NODES.map((node) => [node, { is: 'ok', states: 1, changed: 0 }])),
    );
    expect(await salt.stateRuns(NODES, signal)).toEqual({ answered: NODES, runs: [] });
  });

  test('reports the failed state among the others', async () => {
    const { salt, world } = await stage();
    Object.assign(world.minions.get('node-2') ?? {}, { answer: FAILED });
    const jid = await salt.start(ENGINES, signal);
    world.finish(jid);
    const { returns } = await salt.job(jid, signal);
    expect(returns['node-2']).toEqual(FAILED);
    expect(returns['node-1']).toMatchObject({ is: 'ok' });
    expect(await salt.call(access('node-2'), CALL, RUN, signal)).toEqual(FAILED);
    expect(await salt.call(access('node-2'), CALL, { ...RUN, again: true }, signal)).toEqual(FAILED);
    await salt.forget(access('node-2'), CALL, RUN.name, signal);
  });

  test('reports an unknown job', async () => {
    const { salt } = await stage();
    const jid = '20250101000000000000';
    expect(await salt.job(jid, signal)).toEqual({ jid, known: false, targeted: [], returns: {} });
  });

  test('throws when no job was started', async () => {
    const { salt, world } = await stage();
    const nobody = command('salt', '--async', '-L', 'nobody', 'state.sls', 'x');
    await expect(salt.start(nobody, signal)).rejects.toSatisfy(
      (e) => e instanceof SaltFailed && e.answer.is === 'error',
    );
    world.masterUp = false;
    await expect(salt.start(ENGINES, signal)).rejects.toSatisfy(
      (e) => e instanceof SaltFailed && e.answer.is === 'master-down',
    );
  });

  test('knows nothing of the state runs of a minion that does not answer', async () => {
    const { salt, world } = await stage();
    Object.assign(world.minions.get('node-1') ?? {}, { up: false });
    expect(await salt.stateRuns(NODES, signal)).toEqual({ answered: ['bootstrap', 'node-2'], runs: [] });
  });

  test('lists only state runs in progress', async () => {
    const { salt, world } = await stage();
    world.jobs.set('20260101000000000000', { fun: 'test.sleep', targeted: NODES, running: ['node-1'], returns: {} });
    expect(await salt.stateRuns(NODES, signal)).toEqual({ answered: NODES, runs: [] });
  });

  test('reads the endpoints of each engine', async () => {
    const { salt, world } = await stage();
    Object.assign(world.minions.get('node-1') ?? {}, { endpoints: ENDPOINTS.slice(0, 1) });
    Object.assign(world.minions.get('node-2') ?? {}, { up: false });
    expect(await salt.engines(NODES, signal)).toEqual([
      { node: 'bootstrap', is: 'known', endpoints: ENDPOINTS },
      { node: 'node-1', is: 'known', endpoints: ENDPOINTS.slice(0, 1) },
      { node: 'node-2', is: 'silent', says: 'The minion of node-2 did not answer.' },
    ]);
  });

  test('can be aborted', async () => {
    const { salt } = await stage();
    const reason = new Error('stopped');
    await expect(salt.call(access('node-1'), CALL, RUN, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
}
