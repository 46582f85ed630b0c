import { describe, expect, it } from 'vitest';
import { notConfirmed, Unreachable } from '../../../src/domain/answers/failure.ts';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import type { Change, ChangeEvent } from '../../../src/domain/change/change.ts';
import type { SaltReturn } from '../../../src/domain/cluster/salt.ts';
import { proofInWords } from '../../../src/slack/card/status.ts';
import {
  applyAgain,
  approvalBy,
  approvedChangeOn,
  type Bench,
  bench,
  bob,
  granted,
  mallory,
  plannedChange,
  stateOf,
} from '../bench.ts';

const broken: SaltReturn = {
  is: 'failed',
  first: { id: 'The state', sls: 'metalk8s.some.state', name: '/srv/x', comment: 'it broke' },
  failed: 1,
  skipped: 0,
};

/** An add that has failed at this state run. */
async function failedAdd(on: Bench, state: string): Promise<Change> {
  on.lab.saltSays.set(state, broken);
  const { id } = await approvedChangeOn(on);
  await on.work();
  on.lab.saltSays.delete(state);
  on.lab.ran.length = 0;
  const change = await stateOf(on, id);
  if (change?.state !== 'failed') throw new Error(`it is ${change?.state}`);
  return change;
}

/** An undo of it, planned. */
async function plannedUndo(on: Bench, undoes: string): Promise<Change> {
  const { id } = granted(await on.undo(undoes));
  await on.work();
  const undo = await stateOf(on, id);
  if (undo?.state !== 'planned') throw new Error(`it is ${undo?.state}: ${undo?.refusal?.says ?? undo?.failure?.what}`);
  return undo;
}

const says = (answer: Change | Refusal): string => (isRefusal(answer) ? answer.says : `granted ${answer.id}`);

/** An add whose second copy failed, with its part file. */
async function addStoppedInItsCopies(on: Bench): Promise<Change> {
  const { copy } = on.lab.copier;
  const copier = on.lab.copier as { copy: typeof copy };
  let copies = 0;
  copier.copy = async (step, ...rest) => {
    copies += 1;
    if (copies === 1) return await copy(step, ...rest);
    on.lab.inside('node-2').files.add(step.part);
    throw notConfirmed('node-2', 'No space left.', 'Make room.');
  };
  const { id } = await approvedChangeOn(on);
  await on.work();
  copier.copy = copy;
  on.lab.ran.length = 0;
  const change = await stateOf(on, id);
  if (change?.state !== 'failed') throw new Error(`it is ${change?.state}`);
  return change;
}

/** Only the API server and node-2 answer; every node is not Ready, and no registry is listed. */
function allElseAway(on: Bench): void {
  on.lab.change = (seen) => ({
    ...seen,
    kube: {
      ...seen.kube,
      nodes: seen.kube.nodes.map((node) => ({ ...node, ready: false })),
      endpoints: { ready: [], notReady: [] },
      saltMaster: null,
    },
  });
  const away = async (): Promise<never> => {
    throw new Unreachable('bootstrap', 'salt-master', 'It is away.');
  };
  Object.assign(on.lab.salt, { answering: away, stateRuns: away, engines: away });
  Object.assign(on.lab.registries, { manifest: away, blob: away });
}

describe('the undo of a change that only copied', () => {
  it('deletes the copies while other nodes, Salt, engines and registries are away', async () => {
    const on = bench();
    const add = await addStoppedInItsCopies(on);
    allElseAway(on);
    const undo = await plannedUndo(on, add.id);
    expect(undo.plan?.seen.findings.join(' ')).toContain('did not ask them');
    expect(undo.plan?.approved.sideEffects).toEqual(['Empty folders stay on node-2.']);
    granted(await on.decide(approvalBy(bob, undo)));
    await on.work();
    const done = await stateOf(on, undo.id);
    expect(done).toMatchObject({ state: 'done', proof: { deleted: { archives: 1, parts: 1 } } });
    expect([...on.lab.inside('node-2').files]).toEqual([]);
    expect(on.lab.ran.every((line) => line.startsWith('node-2$ '))).toBe(true);
    expect(proofInWords(done ?? undo)).toBe('1 copied archive and 1 unfinished copy are gone from node-2.');
    expect(on.surprises).toEqual([]);
  });

  it('fails while a copy comes back, and names it', async () => {
    const on = bench();
    const undo = await plannedUndo(on, (await addStoppedInItsCopies(on)).id);
    granted(await on.decide(approvalBy(bob, undo)));
    const { present } = on.lab.targets;
    let looks = 0;
    Object.assign(on.lab.targets, {
      present: async (...asked: Parameters<typeof present>) => {
        looks += asked[1].length > 2 ? 1 : 0;
        return looks > 0 ? [asked[1][0]] : await present(...asked);
      },
    });
    await on.work();
    const { failure } = (await stateOf(on, undo.id)) ?? {};
    expect(failure).toMatchObject({ where: 'node-2' });
    expect(failure?.what).toMatch(/^\/srv\/scality\/\S+ is still there\.$/);
  });

  it('needs the whole cluster once a state was begun', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.archives.mounted');
    allElseAway(on);
    const { id } = granted(await on.undo(add.id));
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'refused', refusal: { refused: 'node-not-ready' } });
  });
});

describe('the undo of a failed change', () => {
  it('restores the node to its earlier state, after its own plan and approval', async () => {
    const on = bench();
    const add = await failedAdd(on, 'engines node-3');
    const undo = await plannedUndo(on, add.id);
    expect(on.lab.ran, 'asking and planning do nothing on the cluster').toEqual([]);
    granted(await on.decide(approvalBy(bob, undo)));
    await on.work();
    expect(await stateOf(on, undo.id)).toMatchObject({
      state: 'done',
      proof: { served: 5, engines: 4, engineTotal: 4 },
    });
    expect(await stateOf(on, add.id), 'its own card says so').toMatchObject({ state: 'failed', undoneBy: undo.id });
    const inside = on.lab.inside('node-2');
    expect([...inside.mounted, ...inside.fstab, ...inside.config]).toEqual([]);
    expect([...inside.files]).toEqual([`/etc/kubernetes/repositories.yaml.undone-${add.id}`]);
    expect(new Set(on.lab.facts().engines.map((engine) => engine.is === 'known' && engine.endpoints.join()))).toEqual(
      new Set(['http://10.200.3.11:8080']),
    );
    const [first, second] = on.lab.ran;
    expect(first).toContain('mv -nT -- /etc/kubernetes/manifests/repositories.yaml');
    expect(second).toContain('metalk8s.container-engine');
    expect(on.surprises).toEqual([]);
    const retry = await on.decide({ ...approvalBy(bob, add), kind: 'retry' });
    expect(says(retry), 'an old card may still have its button').toContain(`has been undone by ${undo.id}`);
  });

  it('runs exactly the commands of its plan', async () => {
    const on = bench();
    const undo = await plannedUndo(on, (await failedAdd(on, 'metalk8s.repo.installed')).id);
    granted(await on.decide(approvalBy(bob, undo)));
    await on.work();
    const shown = JSON.stringify(undo.plan?.approved.steps.flatMap(({ commands }) => commands));
    for (const line of on.lab.ran) {
      const last = line.split(' ').at(-1)?.replaceAll("'", '') ?? '';
      expect(shown).toContain(last);
    }
    expect(on.lab.ran.filter((line) => line.includes('.iso') && line.includes('Deletes the file'))).toHaveLength(3);
  });

  it('needs the approval of another person', async () => {
    const on = bench();
    const undo = await plannedUndo(on, (await failedAdd(on, 'metalk8s.repo.installed')).id);
    expect(says(await on.decide(approvalBy({ id: 'U0ALICE', name: 'alice' }, undo)))).toContain('another person');
    expect(says(await on.undo(undo.id))).toContain('is itself an undo');
  });

  it('resumes after a crash with the remaining steps, and repeats none', async () => {
    const on = bench();
    const undo = await plannedUndo(on, (await failedAdd(on, 'engines node-3')).id);
    granted(await on.decide(approvalBy(bob, undo)));
    const { run } = on.lab.shell;
    let runs = 0;
    on.lab.shell.run = async (...call) => {
      runs += 1;
      if (runs === 3) throw new Error('the worker was killed here');
      return await run(...call);
    };
    const stopped = new AbortController();
    const { append } = on.journal;
    on.journal.append = async (id, event) => {
      if (event.type === 'failed') stopped.abort(new Error('killed'));
      stopped.signal.throwIfAborted();
      return await append.call(on.journal, id, event);
    };
    await on.work(stopped.signal).catch(() => undefined);
    on.journal.append = append;
    on.lab.shell.run = run;
    expect(await stateOf(on, undo.id)).toMatchObject({ state: 'applying' });
    await applyAgain(on, undo.id);
    expect(await stateOf(on, undo.id)).toMatchObject({ state: 'done' });
    expect(new Set(on.lab.ran).size).toBe(on.lab.ran.length);
  });

  it('is noted once in the undone change, even if the worker died between journal and Redis', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.repo.installed');
    const undo = await plannedUndo(on, add.id);
    granted(await on.decide(approvalBy(bob, undo)));
    const killed = new AbortController();
    const { append } = on.journal;
    on.journal.append = async (id, event) => {
      killed.signal.throwIfAborted();
      const mark = await append.call(on.journal, id, event);
      if (event.type === 'undone') killed.abort(new Error('the worker was killed here'));
      killed.signal.throwIfAborted();
      return mark;
    };
    await on.work(killed.signal).catch(() => undefined);
    on.journal.append = append;
    expect((await stateOf(on, add.id))?.undoneBy, 'Redis has not heard it').toBeUndefined();
    await applyAgain(on, undo.id);
    expect(await stateOf(on, add.id)).toMatchObject({ undoneBy: undo.id });
    const isUndone = ({ type }: ChangeEvent) => type === 'undone';
    const [written] = (await on.journal.events(add.id)).filter(isUndone);
    expect((await on.journal.events(add.id)).filter(isUndone)).toHaveLength(1);
    expect((await on.changes.get(add.id))?.events.filter(isUndone)).toEqual([written]);
  });

  it('resumes from the failed step after a new approval', async () => {
    const on = bench();
    const undo = await plannedUndo(on, (await failedAdd(on, 'engines node-3')).id);
    granted(await on.decide(approvalBy(bob, undo)));
    on.lab.saltSays.set('engines node-3', broken);
    await on.work();
    expect(await stateOf(on, undo.id)).toMatchObject({ state: 'failed' });
    on.lab.saltSays.clear();
    granted(await on.decide({ ...approvalBy(bob, undo), kind: 'retry' }));
    await on.work();
    expect(await stateOf(on, undo.id)).toMatchObject({ state: 'done' });
  });

  it('is refused when Redis names another node than the journal', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.repo.installed');
    const { id } = granted(await on.request({ verb: 'undo', undoes: add.id, cluster: 'lab', nodes: ['node-3'] }));
    await on.work();
    expect(await stateOf(on, id)).toMatchObject({ state: 'refused', refusal: { refused: 'unknown-change' } });
  });

  it('is refused at its start when the change was retried and done meanwhile', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.repo.installed');
    const undo = await plannedUndo(on, add.id);
    granted(await on.decide({ ...approvalBy(bob, add), kind: 'retry' }));
    // Both are approved in the same moment, so that neither bot sees the other approval.
    on.changes.open = async () => [];
    granted(await on.decide(approvalBy(bob, undo)));
    await on.work();
    expect(await stateOf(on, add.id)).toMatchObject({ state: 'done' });
    expect(await stateOf(on, undo.id)).toMatchObject({ state: 'refused', refusal: { refused: 'not-undoable' } });
    expect(on.lab.inside('node-2').registry).not.toBeNull();
  });

  it('is refused when a later add has finished the work', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.repo.installed');
    const again = await approvedChangeOn(on);
    await on.work();
    expect(await stateOf(on, again.id)).toMatchObject({ state: 'done' });
    const { id } = granted(await on.undo(add.id));
    await on.work();
    expect((await stateOf(on, id))?.refusal?.says).toContain(`${again.id} changed node-2 after ${add.id}, and is done`);
  });
});

describe('a requester of an undo', () => {
  it('gets an explanation when there is nothing to undo', async () => {
    const on = bench();
    const planned = await plannedChange(on);
    expect(says(await on.undo('lab-222222'))).toBe('There is no change lab-222222.');
    expect(says(await on.undo(planned.id))).toContain('has not changed the cluster');
    granted(await on.decide(approvalBy(bob, planned)));
    expect(says(await on.undo(planned.id))).toContain('is approved and in progress');
    await on.work();
    expect(says(await on.undo(planned.id))).toContain('is done: node-2 has its registry');
    expect(says(await on.undo(planned.id, mallory))).toContain('You may not request changes');
  });

  it('gets one undo for two clicks, and another only after the first has ended without effect', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.repo.installed');
    const [one, two] = await Promise.all([on.undo(add.id), on.undo(add.id)]);
    expect([one, two].filter((answer) => !isRefusal(answer))).toHaveLength(1);
    const first = granted(isRefusal(one) ? two : one);
    await on.work();
    expect(says(await on.undo(add.id))).toContain(`already requested the undo of ${add.id}: ${first.id}`);
    const undo = await stateOf(on, first.id);
    granted(await on.decide({ ...approvalBy(bob, undo ?? first), kind: 'deny' }));
    const second = await plannedUndo(on, add.id);
    granted(await on.decide(approvalBy(bob, second)));
    await on.work();
    expect(says(await on.undo(add.id))).toContain(`was already undone by ${second.id}`);
  });

  it('gets an undo of a change that was cancelled half-way, long after its plan has expired', async () => {
    const on = bench();
    const add = await failedAdd(on, 'metalk8s.repo.installed');
    on.clock.at += 30 * 24 * 3_600_000;
    granted(await on.decide({ ...approvalBy(bob, add), kind: 'cancel' }));
    expect(await stateOf(on, add.id)).toMatchObject({ state: 'cancelled' });
    const undo = await plannedUndo(on, add.id);
    expect(undo.plan?.approved.intent).toMatchObject({ undoes: add.id });
    granted(await on.decide(approvalBy(bob, undo)));
    await on.work();
    expect(await stateOf(on, add.id), 'its own card says so').toMatchObject({ state: 'cancelled', undoneBy: undo.id });
  });
});

describe('an approved undo', () => {
  it.each([
    ['another user', () => ({ user: 'mallory' })],
    ['another key', () => ({ keyPath: '/root/other' })],
    ['another port', () => ({ port: 2022 })],
    ['another address', () => ({ host: '10.0.0.99' })],
  ])('does not run with %s than the one at approval', async (_, other) => {
    const on = bench();
    const undo = await plannedUndo(on, (await failedAdd(on, 'engines node-3')).id);
    granted(await on.decide(approvalBy(bob, undo)));
    on.lab.change = (seen) => ({
      ...seen,
      kube: {
        ...seen.kube,
        nodes: seen.kube.nodes.map((one) => ({ ...one, access: { ...one.access, ...other() } })),
      },
    });
    await on.work();
    expect(await stateOf(on, undo.id)).toMatchObject({ state: 'refused', refusal: { refused: 'plan-stale' } });
    expect(on.lab.ran).toEqual([]);
  });
});
