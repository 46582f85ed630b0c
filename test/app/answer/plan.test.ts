import { describe, expect, it } from 'vitest';
import { answering } from '../../../src/app/answer/answer-question.ts';
import type { Answered } from '../../../src/app/ask/asker.ts';
import { planFor } from '../../../src/app/plan/plan-for.ts';
import { DryRunWatch } from '../../../src/app/watch/dry-run-watch.ts';
import { isRefusal, type Refusal } from '../../../src/domain/answers/refusal.ts';
import { NO_CHANGE } from '../../../src/domain/questions/plan/dry-run.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { parseCommand } from '../../../src/domain/wish/parse-command.ts';
import { PLANNED } from '../../contract/dry-runs.contract.ts';
import { fakeFleet } from '../../fakes/fake-fleet.ts';
import { people } from '../../fixtures/policy.ts';
import { alice, bench, bob, mallory, plannedChange, underWay } from '../bench.ts';

const SILENT = async () => ({
  ...{ heardAt: '2026-11-22T09:00:00.000Z', silentMs: 3_600_000, workerAheadMs: 0 },
  ...{ trouble: null, nodes: null, who: null },
});

type Bench = ReturnType<typeof bench>;
const signal = new AbortController().signal;

async function asked(on: Bench, typed = 'plan add node-2', by = alice): Promise<Answered | Refusal> {
  const wish = parseCommand(typed, { clusters: ['lab'], defaultCluster: 'lab' });
  if (isRefusal(wish)) return wish;
  if (wish.is !== 'question') throw new Error(`${typed} is no question.`);
  const clusters = new Map([['lab', on.bot]]);
  const ports = { clusters, fleet: fakeFleet(clusters), cards: on.cards, clock: on.clock };
  return await answering(ports).answer(wish, { by, channel: 'C0OPS' });
}

function granted(answer: Answered | Refusal | null | undefined): Answered {
  if (answer === null || answer === undefined) throw new Error('There is no answer.');
  if (isRefusal(answer)) throw new Error(answer.says);
  return answer;
}

/** The worker answers what waits, over the fakes. */
async function worked(on: Bench, running: string | null = null): Promise<void> {
  const done = new AbortController();
  const watch = new DryRunWatch({
    desk: {
      next: async () => {
        const next = await on.dryRuns.next();
        if (next === null) done.abort();
        return next;
      },
      put: (...given) => on.dryRuns.put(...given),
    },
    clock: on.clock,
    plan: (intent, until) => {
      const when = { change: NO_CHANGE, at: '2026-11-22T10:00:00.000Z', begun: false, proves: false };
      return planFor(intent, when, on.worker, until);
    },
    running: () => running,
    onError: (error) => on.surprises.push(error),
    onUnexpected: (error) => on.surprises.push(error),
  });
  await watch.run(done.signal);
}

async function answered(on: Bench, typed?: string): Promise<Answered> {
  const first = granted(await asked(on, typed));
  await worked(on);
  return granted(await first.later?.(signal));
}

describe('plan', () => {
  it.each(['plan add node-2', 'add node-2 --dry-run'])('%s shows the plan that a change would get', async (typed) => {
    const on = bench();
    const dry = await answered(on, typed);
    const change = await plannedChange(bench());
    expect(dry.says(PLAIN)).toContain(
      'Dry run: Add a registry on node-2\nNothing was requested, and nobody was notified.',
    );
    expect(dry.says(PLAIN)).toContain('To request it: /registry-ha add node-2 --cluster lab');
    expect(dry.plan?.plan.approved).toEqual({ ...change.plan?.approved, change: NO_CHANGE });
    expect(await dry.later?.(signal)).toBeNull();
  });

  it('names an open change of the same node, and no other', async () => {
    const on = bench();
    const change = await plannedChange(on);
    const dry = await answered(on);
    expect(dry.says(PLAIN)).toContain(
      `${change.id} is open for the same node. Approving one makes the other plans out of date.`,
    );
    expect((await answered(on, 'plan add node-3')).says(PLAIN)).not.toContain('is open');
  });

  it('leaves nothing behind: no change, no job, no card, and no line in the journal', async () => {
    const on = bench();
    await answered(on);
    expect(await on.changes.recent(10)).toEqual([]);
    expect(await on.journal.changes()).toEqual([]);
    expect(on.posted).toEqual([]);
    const jobs: unknown[] = [];
    await on.queue.drain(async (job) => void jobs.push(job));
    expect(jobs).toEqual([]);
  });

  it('gives the refusal that the change would get, and the command for later', async () => {
    const on = bench();
    on.lab.change = (seen) => {
      const nodes = seen.kube.nodes.filter(({ name }) => name !== 'node-2');
      return { ...seen, kube: { ...seen.kube, nodes } };
    };
    const dry = await answered(on, 'plan add node-2 --reason "new disk"');
    expect(dry.says(PLAIN)).toContain('The change would be refused: There is no node node-2 in this cluster.');
    expect(dry.says(PLAIN)).toContain('To request it: /registry-ha add node-2 --cluster lab --reason "new disk"');
    expect(dry.plan).toBeNull();
  });

  it('answers two people who ask at once, each with the own plan', async () => {
    const on = bench();
    const [one, other] = [granted(await asked(on)), granted(await asked(on, 'plan sync', bob))];
    await worked(on);
    expect(granted(await one.later?.(signal)).says(PLAIN)).toContain('Dry run: Add a registry on node-2');
    expect(granted(await other.later?.(signal)).says(PLAIN)).toContain('Dry run: Sync every registry');
  });

  it('is of an undo, too, without a request for it', async () => {
    const on = bench();
    const id = await underWay(on);
    await on.changes.append(id, (await on.changes.get(id))?.version ?? 0, {
      ...{ type: 'cancelled', at: '2026-11-22T10:00:00.000Z', by: bob },
    });
    const dry = await answered(on, `undo ${id} --dry-run`);
    expect(dry.says(PLAIN)).toContain(`To request it: /registry-ha undo ${id}`);
    expect(dry.says(PLAIN)).not.toContain('would be refused now');
    expect((await on.changes.get(id))?.change.undoAsked).toBeUndefined();
    await on.undo(id, alice);
    const again = await answered(on, `undo ${id} --dry-run`);
    expect(again.says(PLAIN)).toContain(`A request would be refused now: alice already requested the undo of ${id}`);
  });

  it('says that a change is in progress, which may change the plan', async () => {
    const on = bench();
    const first = granted(await asked(on));
    await worked(on, 'lab-7f3k2q');
    const dry = granted(await first.later?.(signal));
    expect(dry.says(PLAIN)).toContain('lab-7f3k2q was in progress meanwhile.');
  });

  it('is possible during a freeze, and says that a request would be refused', async () => {
    const on = bench();
    await on.holds.set({ verb: 'freeze', node: null, by: bob, at: '2026-11-22T09:00:00.000Z', reason: 'year end' });
    const dry = await answered(on);
    expect(dry.says(PLAIN)).toContain('A request would be refused now: The cluster lab is frozen by bob');
    expect(dry.plan).not.toBeNull();
  });

  it('is only for people who may request the change', async () => {
    const on = bench();
    expect(await asked(on, 'plan add node-2', mallory)).toMatchObject({ refused: 'not-allowed' });
    expect(on.dryRuns.waiting).toEqual([]);
    const { policy } = on.bot;
    const verbs = { ...policy.verbs, remove: { ...policy.verbs.remove, requesters: people(mallory.id) } };
    const bot = { ...on.bot, policy: { ...policy, verbs } };
    expect(await asked({ ...on, bot }, 'plan add node-2', mallory)).toMatchObject({ refused: 'not-allowed' });
    expect(isRefusal(await asked({ ...on, bot }, 'plan remove node-2', mallory))).toBe(false);
  });

  it('is asked of no silent worker', async () => {
    const on = bench();
    on.life.seen = SILENT;
    const { says } = granted(await asked(on));
    expect(says(PLAIN)).toContain('lab: there is no plan. The worker is silent since 2026-11-22 09:00 UTC.');
    expect(on.dryRuns.waiting).toEqual([]);
  });

  it('says so when the worker dies before it answers', async () => {
    const on = bench();
    const first = granted(await asked(on));
    on.life.seen = SILENT;
    expect(granted(await first.later?.(signal)).says(PLAIN)).toContain(
      'The worker stopped reporting before it answered.',
    );
  });

  it.each([
    ['nobody answers in time', { is: 'none' }, 'The worker did not answer within six minutes.'],
    ['nobody trusted signs the answer', { is: 'unverified' }, 'is not signed by a trusted worker'],
    ['a newer worker writes the answer', { is: 'newer' }, 'Update this bot'],
    [
      'the request was changed on its way',
      { is: 'seen', dryRun: { ...PLANNED, intent: { ...PLANNED.intent, nodes: ['node-3'] } } },
      'The worker answered another request',
    ],
  ] as const)('shows no plan when %s', async (_, seen, says) => {
    const on = bench();
    const first = granted(await asked(on));
    on.dryRuns.show(on.dryRuns.waiting[0]?.request ?? '', seen);
    const lost = granted(await first.later?.(signal));
    expect(lost.says(PLAIN)).toContain(`lab: there is no plan. `);
    expect(lost.says(PLAIN)).toContain(says);
    expect(lost.plan).toBeNull();
  });

  it('says that too many others wait', async () => {
    const on = bench();
    for (let n = 0; n < 10; n += 1) await asked(on);
    expect(granted(await asked(on)).says(PLAIN)).toContain('Many other dry runs wait for the worker.');
  });

  it.each([
    ['plan', 'plan takes a command that changes the cluster: add, remove, sync, drill and undo.'],
    ['plan status', '“status” is none.'],
    ['plan sinc', 'Did you mean “sync”?'],
    ['plan add', 'The command names no node.'],
    ['plan add Node_2', 'Did you mean “node-2”?'],
    ['plan remove node-2 --lats', 'Did you mean “--last”?'],
    ['undo lab-aaaaaa --dry-run', 'lab-aaaaaa'],
  ])('%s is refused as the command itself is', async (typed, says) => {
    expect(await asked(bench(), typed)).toMatchObject({ says: expect.stringContaining(says) });
  });
});
