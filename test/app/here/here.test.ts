import { describe, expect, it } from 'vitest';
import { changesHere, logHere, showHere } from '../../../src/app/here/changes.ts';
import { type PlanHerePorts, planHere } from '../../../src/app/here/plan.ts';
import { statusHere } from '../../../src/app/here/status.ts';
import { verifyHere } from '../../../src/app/here/verify.ts';
import { PlainFailure, Unreachable } from '../../../src/domain/answers/failure.ts';
import { isRefusal } from '../../../src/domain/answers/refusal.ts';
import type { Change, ChangeEvent } from '../../../src/domain/change/change.ts';
import { changeFrom } from '../../../src/domain/change/fold.ts';
import { WORKER_THERE, type WorkerState } from '../../../src/domain/cluster/worker-state.ts';
import { readPlanFile } from '../../../src/domain/plan/plan-file.ts';
import { questionPlug } from '../../../src/domain/questions/questions.ts';
import type { ProofProgress } from '../../../src/domain/questions/verify/proof-report.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import type { Memory, PlanningJournal } from '../../../src/ports/record.ts';
import { TERMINAL } from '../../../src/terminal/answers.ts';
import { planOutcome } from '../../../src/terminal/plan.ts';
import { PLANNED } from '../../contract/dry-runs.contract.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeJournal } from '../../fakes/fake-journal.ts';
import { FakeLab } from '../../fakes/fake-lab.ts';

const signal = new AbortController().signal;
const SILENT: WorkerState = { is: 'silent', since: null };
const alice = { id: 'U0ALICE', name: 'alice' };
const ALL = { cluster: 'lab', which: 'all', onlyMine: false, node: null } as const;

const failed = (at: string): ChangeEvent => ({
  type: 'failed',
  at,
  failure: { kind: 'x', where: 'node-2', what: 'token=abcdef123456 was wrong.', next: 'Fix it.' },
});

function change(id: string, ...more: readonly ChangeEvent[]): { change: Change; events: readonly ChangeEvent[] } {
  const intent = { verb: 'add', cluster: 'lab', nodes: ['node-2'] } as const;
  const at = '2026-03-01T09:00:00.000Z';
  const events: readonly ChangeEvent[] = [
    { type: 'requested', at, id, intent, requester: alice, channel: 'C0OPS' },
    ...more,
  ];
  const folded = changeFrom(events);
  if (folded === null) throw new Error('no change');
  return { change: folded, events };
}

class FakeMemory implements Memory {
  running: string | null = null;
  hasWorker = true;
  broken: PlainFailure | null = null;
  readonly #all: readonly { readonly change: Change; readonly events: readonly ChangeEvent[] }[];

  constructor(...all: FakeMemory['all']) {
    this.#all = all;
  }

  get all() {
    return this.#all;
  }

  async recent(most: number, isWanted: (change: Change) => boolean = () => true) {
    if (this.broken !== null) throw this.broken;
    const changes = this.#all.map((one) => one.change).filter(isWanted);
    return { changes: changes.slice(0, most), isCut: changes.length > most };
  }

  async get(id: string) {
    return this.#all.find((one) => one.change.id === id) ?? null;
  }

  async isOpen() {
    return this.hasWorker;
  }

  async applying() {
    return this.running;
  }

  async whilePlanning<T>(act: (journal: PlanningJournal) => Promise<T>): Promise<T> {
    const journal = new FakeJournal();
    for (const { change, events } of this.#all) for (const event of events) await journal.append(change.id, event);
    return await act(journal);
  }
}

function here(memory: FakeMemory, worker: WorkerState = WORKER_THERE) {
  const clock = new FakeClock();
  const lab = new FakeLab();
  const unexpected: unknown[] = [];
  const { kubernetes, bootstrap, salt, targets, registries } = lab;
  const ports: PlanHerePorts = {
    ...{ kubernetes, bootstrap, salt, targets, registries },
    cluster: 'lab',
    nodesAtATime: 3,
    clock,
    memory,
    worker: async () => worker,
    onUnexpected: (error) => void unexpected.push(error),
  };
  return { ports, clock, lab, unexpected };
}

describe('status on the bootstrap node', () => {
  it('inspects the cluster, and knows it whether the worker answers or not', async () => {
    const { ports, unexpected } = here(new FakeMemory(), SILENT);
    const text = questionPlug('status').answer(await statusHere(ports, signal), PLAIN);
    expect(text).toContain('lab: There is no HA: only bootstrap has a registry.');
    expect(text).not.toContain('Known last');
    expect(text).toContain('The worker does not answer on this node.');
    expect(unexpected).toEqual([]);
  });

  it('says that open changes are unknown, never that there is none, while the journal cannot be read', async () => {
    const memory = new FakeMemory();
    memory.broken = new PlainFailure('journal-damaged', {
      where: 'j',
      what: 'Line 3 is wrong.',
      next: 'Find out why.',
    });
    const text = questionPlug('status').answer(await statusHere(here(memory).ports, signal), PLAIN);
    expect(text).toContain('Open changes are unknown: Line 3 is wrong. Find out why.');
    expect(text).not.toContain('There is no open change');
  });
});

describe('changes on the bootstrap node', () => {
  const expires = '2026-03-01T09:59:00.000Z';
  const stale: Change = { ...change('lab-planned').change, state: 'planned', planExpires: expires };

  it('shows a plan as expired after its time, although the journal does not say it', async () => {
    const known = await changesHere(ALL, here(new FakeMemory({ change: stale, events: [] })).ports);
    expect(isRefusal(known) ? [] : known.found.map((one) => one.change.state)).toEqual(['expired']);
  });

  it('lists a failed change as open for a week, because the journal does not know whether a person has closed it', async () => {
    const memory = new FakeMemory(
      change('lab-newone', failed('2026-02-27T10:00:00.000Z')),
      change('lab-oldone', failed('2026-02-01T10:00:00.000Z')),
    );
    const { ports } = here(memory);
    const [open, all] = [await changesHere({ ...ALL, which: 'open' }, ports), await changesHere(ALL, ports)];
    const ids = (known: typeof open) => (isRefusal(known) ? [] : known.found.map((one) => one.change.id));
    expect([ids(open), ids(all)]).toEqual([['lab-newone'], ['lab-newone', 'lab-oldone']]);
  });

  it('refuses --mine, which is about users of Slack', async () => {
    expect(await changesHere({ ...ALL, onlyMine: true }, here(new FakeMemory()).ports)).toMatchObject({
      refused: 'bad-command',
    });
  });

  it('shows no secret of an event', async () => {
    const { ports } = here(new FakeMemory(change('lab-failed', failed('2026-03-01T09:30:00.000Z'))));
    const known = await logHere({ change: 'lab-failed' }, ports);
    expect(JSON.stringify(known)).not.toContain('abcdef123456"');
    expect(await showHere({ change: 'lab-absent' }, ports)).toMatchObject({ refused: 'unknown-change' });
  });
});

describe('verify on the bootstrap node', () => {
  const ask = { cluster: 'lab', nodes: [], deep: false };
  const progress: ProofProgress[] = [];
  const prove = (ports: PlanHerePorts) => verifyHere(ask, ports, (one) => void progress.push(one), signal);

  it('starts nothing while the worker carries out a change', async () => {
    const memory = new FakeMemory();
    memory.running = 'lab-7f3k2q';
    expect(await prove(here(memory).ports)).toEqual({ busyWith: 'lab-7f3k2q' });
    expect(progress).toEqual([]);
  });

  it('proves beside a change that its dead worker has left half done', async () => {
    const memory = new FakeMemory();
    memory.running = 'lab-7f3k2q';
    memory.hasWorker = false;
    expect(await prove(here(memory).ports)).toMatchObject({
      phase: { is: 'proved-here', result: { cut: null } },
    });
  });

  it('ends early, and proves nothing, when the worker begins a change', async () => {
    const memory = new FakeMemory();
    const { ports, clock } = here(memory);
    let isCut = false;
    const manifest: PlanHerePorts['registries']['manifest'] = (_, __, until) =>
      new Promise((_, reject) => {
        until.addEventListener('abort', () => {
          isCut = true;
          reject(until.reason);
        });
      });
    const held = { ...ports, registries: { ...ports.registries, manifest } };
    const proving = prove(held);
    await expect.poll(() => clock.sleeping).toBeGreaterThan(0);
    memory.running = 'lab-7f3k2q';
    await clock.advance(6_000);
    // Without the cut, the proof would never end.
    await expect.poll(() => isCut, { timeout: 15_000 }).toBe(true);
    expect(await proving).toMatchObject({
      phase: { result: { cut: { is: 'change', says: 'lab-7f3k2q began, and a change restarts what a proof reads.' } } },
    });
  });
});

describe('plan on the bootstrap node', () => {
  const addNode2 = { is: 'change', intent: { verb: 'add', cluster: 'lab', nodes: ['node-2'] } } as const;

  it('is the plan of the whole change, with a digest that no change can have, and runs nothing', async () => {
    const { ports, lab } = here(new FakeMemory());
    const known = await planHere(addNode2, ports, signal);
    if (isRefusal(known)) throw new Error(known.says);
    const outcome = planOutcome(known, 'words');
    if (outcome.is !== 'answered') throw new Error(outcome.is);
    const file = readPlanFile(outcome.file ?? '');
    expect(file?.digest).toBe(file?.named);
    expect(outcome.file).toMatch(/^Plan of CHANGE: Add a registry on node-2\nDigest: [0-9a-f]{64}\n\nDry run of /);
    expect(outcome.text).toContain('Step 1: ');
    expect(outcome.text).not.toContain('BEGIN APPROVED PLAN');
    expect(outcome.text).toContain(`\nDigest: ${file?.digest}\n`);
    expect(lab.ran).toEqual([]);
  });

  it('names an open change of the same node, and says how to request it on a terminal', async () => {
    if (PLANNED.found.is !== 'planned') throw new Error('no plan');
    const { plan } = PLANNED.found;
    const planned = (id: string, expires: string) =>
      change(id, { type: 'planned', at: '2026-03-01T09:01:00.000Z', plan, digest: 'a', expires });
    const memory = new FakeMemory(
      planned('lab-opened', '2999-01-01T00:00:00.000Z'),
      planned('lab-toolate', '2026-03-01T09:02:00.000Z'),
      change('lab-failed', failed('2026-03-01T09:30:00.000Z')),
    );
    const known = await planHere(addNode2, here(memory).ports, signal);
    if (isRefusal(known)) throw new Error(known.says);
    const outcome = planOutcome(known, questionPlug('plan').answer(known, TERMINAL));
    if (outcome.is !== 'answered') throw new Error(outcome.is);
    expect(outcome.note).toContain('lab-opened is open for the same node. Approving one makes');
    expect(outcome.note).toContain('To request it: registry-ha add node-2 --cluster lab');
  });

  it('of an undo is made from the journal, and a change that it does not have is refused', async () => {
    const { ports } = here(new FakeMemory(change('lab-failed', failed('2026-03-01T09:30:00.000Z'))));
    const undo = (undoes: string) => planHere({ is: 'undo-of', undoes }, ports, signal);
    expect(await undo('lab-absent')).toMatchObject({ refused: 'unknown-change' });
    expect(await undo('lab-failed')).toMatchObject({ phase: { dryRun: { found: { is: 'refused' } } } });
  });

  it('names the change that the worker carried out meanwhile', async () => {
    const memory = new FakeMemory();
    memory.running = 'lab-7f3k2q';
    const known = await planHere(addNode2, here(memory).ports, signal);
    if (isRefusal(known)) throw new Error(known.says);
    expect(questionPlug('plan').answer(known, PLAIN)).toContain('lab-7f3k2q was in progress meanwhile.');
  });

  it('says what could not be read', async () => {
    const { ports, lab } = here(new FakeMemory());
    const look = () => Promise.reject(new Unreachable('Kubernetes', 'kubernetes', 'It does not answer.'));
    const known = await planHere(addNode2, { ...ports, kubernetes: { ...lab.kubernetes, look } }, signal);
    expect(isRefusal(known) ? known : planOutcome(known, '')).toMatchObject({
      is: 'failed',
      failure: { what: 'Inspecting the cluster failed: It does not answer. Nothing was changed.' },
    });
  });
});
