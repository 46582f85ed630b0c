import { describe, expect, it } from 'vitest';
import { runLanes } from '../../../src/app/apply/lanes.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { CopyStep } from '../../../src/domain/plan/step.ts';
import type { Copier } from '../../../src/ports/copier.ts';
import type { Salt } from '../../../src/ports/salt.ts';
import { secondsOf, stagesOf } from '../../../src/steps/stages.ts';
import { alice, applyAgain, approvalBy, approvedChangeOn, type Bench, bench, bob, granted, stateOf } from '../bench.ts';

const BOTH = ['node-2', 'node-3'];
const never = () => new AbortController().signal;
const away = (node: string) => new Unreachable(node, 'unreachable', `${node} does not answer.`);

/** Copies as `act` has it, then as the lab does. */
function copying(on: Bench, act: (step: CopyStep, signal: AbortSignal) => Promise<void>): void {
  const { copy } = on.lab.copier;
  const copier: Copier = {
    ...on.lab.copier,
    copy: async (step, access, tell, signal) => {
      await act(step, signal);
      await copy(step, access, tell, signal);
    },
  };
  Object.assign(on.worker, { copier });
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Resolves for everybody when so many have come. */
function meeting(size: number): () => Promise<void> {
  const met = Promise.withResolvers<void>();
  let here = 0;
  return () => {
    here += 1;
    if (here === size) met.resolve();
    return met.promise;
  };
}

const done = async (on: Bench, id: string) =>
  Object.entries((await stateOf(on, id))?.steps ?? {}).flatMap(([step, { is }]) => (is === 'done' ? [step] : []));

/** Salt that runs `act` before each state on a node, and lists what runs meanwhile, as a master does. */
function salting(on: Bench, act: (node: string, runs: readonly string[]) => Promise<void>): void {
  const running = new Map<string, string>();
  const { salt } = on.lab;
  const listed: Pick<Salt, 'call' | 'stateRuns'> = {
    async call(access, command, run, signal) {
      running.set(access.node, `2026112210153012345${running.size}`);
      try {
        await act(access.node, [...running.keys()]);
        return await salt.call(access, command, run, signal);
      } finally {
        running.delete(access.node);
      }
    },
    stateRuns: async (nodes) => ({
      answered: nodes,
      runs: [...running].map(([node, jid]) => ({ jid, fun: 'state.sls', nodes: [node] })),
    }),
  };
  Object.assign(on.worker, { salt: Object.assign(Object.create(salt), listed) });
}

describe('a change for two nodes', () => {
  it('runs their Salt states at the same time, and neither waits for the other’s', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on, BOTH);
    const together = meeting(2);
    const from = on.clock.steadyMs();
    salting(on, async () => await together());
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('done');
    expect(on.clock.steadyMs() - from).toBeLessThan(5_000);
  });

  it('runs them one after another with a limit of one node', async () => {
    const on = bench();
    Object.assign(on.worker, { nodesAtATime: 1 });
    const { id } = await approvedChangeOn(on, BOTH);
    const seen: (readonly string[])[] = [];
    salting(on, async (_, runs) => void seen.push(runs));
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('done');
    expect(seen.every((runs) => runs.length === 1)).toBe(true);
  });

  it('waits with every lane for a state that another person runs on all nodes', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on, BOTH);
    const { salt } = on.lab;
    let looks = 0;
    const foreign = { jid: '20261122100000000000', fun: 'state.highstate', nodes: [...BOTH, 'node-1'] };
    Object.assign(on.worker, {
      salt: Object.assign(Object.create(salt), {
        stateRuns: async (answered: readonly string[]) => ({
          answered,
          runs: looks++ > 1 && looks < 8 ? [foreign] : [],
        }),
      }),
    });
    const from = on.clock.steadyMs();
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('done');
    expect(on.clock.steadyMs() - from).toBeGreaterThanOrEqual(5_000);
  });

  it('deploys on the other node when a state fails on one, names it, and leaves the engines alone', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on, BOTH);
    salting(on, async (node) => {
      if (node === 'node-2') throw away(node);
    });
    await on.work();
    const state = await stateOf(on, id);
    expect(state?.state).toBe('failed');
    expect(state?.failure?.what).toContain('node-2 does not answer.');
    expect(state?.steps['deploy:node-3']?.is).toBe('done');
    expect(state?.steps['engines']).toBeUndefined();
  });

  it('copies to both at the same time, and a seed before the archive that needs it', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on, BOTH);
    const together = meeting(2);
    const begun: string[] = [];
    copying(on, async ({ node, archive }) => {
      begun.push(`${node} ${archive.id}`);
      await together();
    });
    await on.work();
    expect((await stateOf(on, id))?.state).toBe('done');
    expect([...begun.slice(0, 2)].toSorted()).toEqual(BOTH.map((node) => `${node} metalk8s-127.0.6`));
    for (const node of BOTH) {
      const own = begun.filter((one) => one.startsWith(node));
      expect(own.map((one) => one.split(' ')[1])).toEqual([
        'metalk8s-127.0.6',
        'metalk8s-128.0.1',
        'example-solution-0.1.0',
      ]);
    }
    expect(on.lab.ran.findIndex((line) => line.includes('salt-call'))).toBe(on.lab.ran.findLastIndex(isCopy) + 1);
    const told = (events: readonly ChangeEvent[]) => events.filter((event) => 'step' in event);
    expect(told(on.changes.events(id))).toEqual(told(await on.journal.events(id)));
  });

  it('keeps the copies to one node when the other node dies', async () => {
    const on = bench();
    const change = await approvedChangeOn(on, BOTH);
    const together = meeting(2);
    let isAway = true;
    copying(on, async ({ node, archive }) => {
      if (archive.id !== 'metalk8s-127.0.6' || !isAway) return;
      await together();
      if (node === 'node-3') throw away(node);
    });
    await on.work();
    const failed = await stateOf(on, change.id);
    expect(failed).toMatchObject({ state: 'failed', failure: { where: 'node-3', what: 'node-3 does not answer.' } });
    const first = await done(on, change.id);
    expect(first).toEqual(copiesTo('node-2'));
    expect(on.lab.ran.filter((line) => !isCopy(line))).toEqual([]);
    isAway = false;
    on.lab.ran.length = 0;
    granted(await on.decide({ ...approvalBy(bob, change), kind: 'retry' }));
    await on.work();
    expect((await stateOf(on, change.id))?.state).toBe('done');
    expect(on.lab.ran.filter((line) => line.startsWith('node-2$') && isCopy(line))).toEqual([]);
  });

  it('names both nodes when both fail', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on, BOTH);
    copying(on, async ({ node }) => {
      throw away(node);
    });
    await on.work();
    expect((await stateOf(on, id))?.failure).toMatchObject({
      kind: 'several',
      where: 'node-2 and node-3',
      what: 'node-2: node-2 does not answer. node-3: node-3 does not answer.',
    });
  });

  it('stops copying to every node after a cancel', async () => {
    const on = bench();
    const change = await approvedChangeOn(on, BOTH);
    const together = meeting(2);
    let stopped = 0;
    copying(on, async ({ node }, signal) => {
      await together();
      if (node === 'node-2') await on.decide({ ...approvalBy(alice, change), kind: 'cancel' });
      await untilAborted(signal).finally(() => {
        stopped += 1;
      });
    });
    await on.work();
    expect(await stateOf(on, change.id)).toMatchObject({ state: 'cancelled', cancelledBy: alice });
    expect(stopped).toBe(2);
  });

  it('hands over running copies without reporting a failure', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on, BOTH);
    const handOver = new AbortController();
    const together = meeting(2);
    let isFirst = true;
    copying(on, async (_, signal) => {
      if (!isFirst) return;
      await together();
      handOver.abort(new Error('hand over'));
      await untilAborted(signal);
    });
    await expect(on.work(handOver.signal)).rejects.toThrow('hand over');
    const copies = Object.values((await stateOf(on, id))?.steps ?? {}).map(({ is }) => is);
    expect(copies).toEqual(['running', 'running']);
    isFirst = false;
    await applyAgain(on, id);
    expect((await stateOf(on, id))?.state).toBe('done');
    expect((await on.journal.events(id)).filter(({ type }) => type === 'step-failed')).toEqual([]);
  });
});

const isCopy = (line: string): boolean => line.includes('.iso');
const copiesTo = (node: string): readonly string[] =>
  ['metalk8s-127.0.6', 'metalk8s-128.0.1', 'example-solution-0.1.0'].map((id) => `copy:${node}:${id}`);

describe('lanes', () => {
  const step = (node: string): CopyStep => ({
    kind: 'copy',
    id: `copy:${node}:a`,
    says: 'Copy',
    commands: [],
    node,
    archive: { id: 'a', path: '/a', size: 1, sha256: '' },
    part: '/a.part',
  });

  it('of a plan with steps between its copies keep the order of the steps', () => {
    const ready = { ...step('node-2'), kind: 'ready' as const, id: 'ready', addresses: [] };
    expect(stagesOf([step('node-2'), ready, step('node-3')])).toHaveLength(3);
    expect(stagesOf([step('node-2'), step('node-3'), ready])[0]?.lanes).toHaveLength(2);
  });

  it.each([
    ['before', away('node-2'), new Error('the record is gone')],
    ['after', new Error('the record is gone'), away('node-2')],
  ])('end with the loss of the record, also when a node failed %s it', async (_, first, second) => {
    const failed = Promise.withResolvers<void>();
    const run = runLanes([[step('node-2')], [step('node-3')]], 2, never(), async ([one]) => {
      if (one?.id === 'copy:node-2:a') {
        failed.resolve();
        throw first;
      }
      await failed.promise;
      throw second;
    });
    await expect(run).rejects.toThrow('the record is gone');
  });

  it('run at most so many at a time, and the rest when one is free', async () => {
    const running = new Set<string>();
    let most = 0;
    const lanes = ['node-2', 'node-3', 'node-4', 'node-5'].map((node) => [step(node)]);
    const ran: string[] = [];
    await runLanes(lanes, 2, never(), async ([one]) => {
      const node = one?.id ?? '';
      running.add(node);
      most = Math.max(most, running.size);
      await new Promise((resolve) => setImmediate(resolve));
      running.delete(node);
      ran.push(node);
    });
    expect(most).toBe(2);
    expect(ran).toHaveLength(4);
  });

  it('shorten the estimate of states, but not that of copies, which share the network', () => {
    const mount = (node: string) => ({ ...step(node), kind: 'mount' as const, id: `mount:${node}`, archives: [] });
    const seconds = (...steps: Parameters<typeof secondsOf>[0]) => secondsOf(steps, 2).to;
    expect(seconds(mount('node-2'), mount('node-3'))).toBe(seconds(mount('node-2')));
    expect(seconds(mount('node-2'), mount('node-3'), mount('node-4'), mount('node-5'))).toBe(
      2 * seconds(mount('node-2')),
    );
    const large = (node: string) => ({ ...step(node), archive: { id: 'a', path: '/a', size: 3e9, sha256: '' } });
    expect(seconds(large('node-2'), large('node-3'))).toBe(2 * seconds(large('node-2')));
  });

  it('stop copying when the record is lost', async () => {
    const gone = new Error('the record is gone');
    const lanes = [[step('node-2')], [step('node-3')]];
    const run = runLanes(lanes, 2, never(), async ([first], signal) => {
      if (first?.id === 'copy:node-2:a') throw gone;
      await untilAborted(signal);
    });
    await expect(run).rejects.toBe(gone);
  });
});
