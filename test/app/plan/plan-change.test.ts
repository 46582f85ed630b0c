import { describe, expect, it } from 'vitest';
import { EVERY_ENTRY } from '../../../sandbox/seen/every-entry.ts';
import { entryText } from '../../../src/adapters/redis/record/record-text.ts';
import { timed } from '../../../src/app/plan/fresh-plan.ts';
import { planChange } from '../../../src/app/plan/plan-change.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import type { Facts } from '../../../src/domain/cluster/facts.ts';
import { planDigest } from '../../../src/domain/plan/digest.ts';
import type { CopyStep } from '../../../src/domain/plan/step.ts';
import { NODES_LIMIT } from '../../../src/domain/typed/nodes.ts';
import { planAdd } from '../../../src/domain/verbs/add/plan.ts';
import type { FakeLab } from '../../fakes/fake-lab.ts';
import { current, emptyTarget, facts, machineAt, node, nodes } from '../../fixtures/facts.ts';
import { approvedChangeOn, bench, granted, plannedChange, stateOf } from '../bench.ts';

describe('several nodes, one of which has a registry already', () => {
  it('come to the end: the registry that is there is expected among the Ready ones', async () => {
    const on = bench();
    await approvedChangeOn(on, ['node-3']);
    await on.work();
    const both = await approvedChangeOn(on, ['node-2', 'node-3']);
    await on.work();
    expect(await stateOf(on, both.id)).toMatchObject({ state: 'done' });
  });
});

describe('a registry that is there already', () => {
  async function askedAgain(spoil: (lab: FakeLab) => void) {
    const on = bench();
    const { id } = await approvedChangeOn(on, ['node-2']);
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
    spoil(on.lab);
    const again = granted(await on.request());
    await on.work();
    return await stateOf(on, again.id);
  }

  it('is called verified only after every layer was hashed', async () => {
    expect(await askedAgain(() => undefined)).toMatchObject({
      refusal: { refused: 'registry-exists', says: expect.stringContaining('5/5 images, every layer hashed (5 blobs') },
    });
  });

  it('is not called complete when a layer has other bytes', async () => {
    const wrong = (lab: FakeLab): void => {
      lab.registries.blob = async () => ({ size: 7, sha256: '2'.repeat(64) });
    };
    expect(await askedAgain(wrong)).toMatchObject({
      refusal: {
        refused: 'registry-unfit',
        says: expect.stringContaining('On node-2, metalk8s-127.0.6/pause:3.9 has wrong bytes'),
      },
    });
  });

  it('is neither complete nor wrong when it stops answering', async () => {
    const away = (lab: FakeLab): void => {
      lab.registries.blob = async () => {
        throw new Unreachable('http://10.200.3.13:8080', 'registry', 'connection refused');
      };
    };
    expect(await askedAgain(away)).toMatchObject({ state: 'failed', failure: { where: 'node-2', kind: 'registry' } });
  });
});

describe('a large plan', () => {
  const archives = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      ...current,
      id: `metalk8s-128.0.${n + 1}`,
      version: `128.0.${n + 1}`,
      path: `/srv/scality/releases/metalk8s-128.0.${n + 1}.iso`,
    }));
  const withArchives = (seen: Facts, count: number): Facts => ({
    ...seen,
    bootstrap: { ...seen.bootstrap, archives: archives(count).map((archive) => ({ is: 'sound', archive })) },
  });

  it('fits the record, for as many nodes as one command may name and five archives', () => {
    const targets = Array.from({ length: NODES_LIMIT }, (_, n) => node(`storage-node-${n}`, 20 + n, ['node']));
    const all = [...nodes, ...targets];
    const base = withArchives(facts(), 5);
    const seen: Facts = {
      ...base,
      kube: { ...base.kube, nodes: all },
      salt: { ...base.salt, answered: all.map(({ name }) => name) },
      served: [],
      engines: all.map(({ name }) => ({ node: name, is: 'known', endpoints: ['http://10.200.3.11:8080'] })),
      targets: targets.map(({ name, ip }) => ({
        ...emptyTarget('node-2'),
        node: name,
        machine: machineAt(name, ip ?? ''),
        files: [],
        space: [],
      })),
    };
    const intent = { verb: 'add', cluster: 'lab', nodes: targets.map(({ name }) => name) } as const;
    const at = '2026-11-22T10:00:00.000Z';
    const plan = planAdd(intent, seen, { change: 'lab-7f3k2q', at, begun: false });
    if (isRefusal(plan)) throw new Error(plan.says);
    const event: ChangeEvent = {
      type: 'planned',
      at,
      plan: timed(plan, 3),
      digest: planDigest(plan.approved),
      expires: at,
    };
    expect(() => entryText({ change: 'lab-7f3k2q', position: 2, event }, EVERY_ENTRY)).not.toThrow();
  });

  it('that exceeds the record limit is refused with an explanation instead of being retried forever', async () => {
    const on = bench();
    on.lab.change = (seen) => withArchives(seen, 400);
    const asked = granted(await on.request());
    await on.work();
    expect(await stateOf(on, asked.id)).toMatchObject({
      state: 'refused',
      refusal: { tryNext: 'Request fewer nodes at once.' },
    });
  });
});

describe('a third registry', () => {
  it('that is not Ready is reported before anything is copied', async () => {
    const on = bench();
    on.lab.change = (seen) => ({
      ...seen,
      kube: {
        ...seen.kube,
        registries: [...seen.kube.registries, { node: 'node-3', ready: false, version: '128.0.1', carries: [] }],
      },
    });
    const asked = granted(await on.request());
    await on.work();
    expect((await stateOf(on, asked.id))?.state).toBe('refused');
  });

  it('that lacks images is reported before anything is copied', async () => {
    const on = bench();
    on.lab.change = (seen) => ({
      ...seen,
      kube: {
        ...seen.kube,
        endpoints: { ...seen.kube.endpoints, ready: [...seen.kube.endpoints.ready, '10.200.3.14'] },
        registries: [...seen.kube.registries, { node: 'node-3', ready: true, version: '128.0.1', carries: [] }],
      },
    });
    const asked = granted(await on.request());
    await on.work();
    expect((await stateOf(on, asked.id))?.state).toBe('refused');
  });
});

describe('an archive that somebody copied by hand after the approval', () => {
  it('saves one copy and does not make the plan stale', async () => {
    const on = bench();
    const { id } = await approvedChangeOn(on);
    const { look, hasFile } = on.worker.targets;
    on.worker.targets.look = async (...order) => {
      const seen = await look(...order);
      if (seen.is !== 'open') return seen;
      const files = seen.files.map((file) => (file.path === current.path ? { ...file, is: 'same' as const } : file));
      return { ...seen, files };
    };
    on.worker.targets.hasFile = async (access, file, signal) =>
      file.path === current.path || (await hasFile(access, file, signal));
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'done' });
    expect(on.lab.ran.some((line) => line.includes('chown') && line.includes('metalk8s-127.0.6.iso'))).toBe(true);
    expect(on.lab.ran.some((line) => line.includes('chown') && line.includes('metalk8s-128.0.1.iso'))).toBe(false);
  });
});

describe('a plan lives', () => {
  const MINUTE_MS = 60_000;

  it.each([
    ['as long as the policy says, where that is shorter than the worker’s own limit', 10, 10],
    ['as long as the worker’s own limit, whatever the policy says', 120, 60],
  ])('%s', async (_, policyMinutes, minutes) => {
    const on = bench({ planLivesMs: policyMinutes * MINUTE_MS });
    const { planExpires } = await plannedChange(on);
    expect(planExpires).toBe(new Date(on.clock.at + minutes * MINUTE_MS).toISOString());
  });
});

describe('a change of another cluster', () => {
  it('is not planned by this cluster’s worker', async () => {
    const on = bench();
    const { id } = granted(await on.request());
    await planChange(id, { ...on.worker, cluster: 'prod' }, new AbortController().signal);
    expect(await stateOf(on, id)).toMatchObject({
      state: 'refused',
      refusal: { refused: 'unknown-cluster', says: 'This worker serves the cluster prod, not lab.' },
    });
  });
});

describe('while people read a plan', () => {
  it('what its copies will look for is searched already', async () => {
    const on = bench();
    const prepared: string[] = [];
    const { copier } = on.worker;
    const worker = {
      ...on.worker,
      copier: {
        copy: copier.copy,
        prepare: async (steps: readonly CopyStep[]) => void prepared.push(...steps.map(({ id }) => id)),
      },
    };
    const { id } = granted(await on.request());
    await planChange(id, worker, new AbortController().signal);
    expect(await stateOf(on, id)).toMatchObject({ state: 'planned' });
    expect(prepared).toEqual([
      'copy:node-2:metalk8s-127.0.6',
      'copy:node-2:metalk8s-128.0.1',
      'copy:node-2:example-solution-0.1.0',
    ]);
  });
});
