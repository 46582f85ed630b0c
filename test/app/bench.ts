import { expect } from 'vitest';
import { approvalChecker, approvalSigner } from '../../src/adapters/keys/approvals.ts';
import { newKeyPair } from '../../src/adapters/keys/pair.ts';
import type { AnsweredCluster } from '../../src/app/answer/gather.ts';
import { type Decision, decideChange } from '../../src/app/ask/decide-change.ts';
import { type RequestPorts, requestChange } from '../../src/app/ask/request-change.ts';
import { requestUndo } from '../../src/app/ask/request-undo.ts';
import type { TendPorts } from '../../src/app/ask/tend-changes.ts';
import { doJob, type JobPorts } from '../../src/app/worker/do-job.ts';
import { isRefusal, type Refusal } from '../../src/domain/answers/refusal.ts';
import type { Change } from '../../src/domain/change/change.ts';
import type { Intent } from '../../src/domain/plan/intent.ts';
import type { Call } from '../../src/domain/policy/call.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { NodeShell } from '../../src/ports/nodes.ts';
import { FakeBegunJobs } from '../fakes/fake-begun-jobs.ts';
import { FakeCards } from '../fakes/fake-cards.ts';
import { FakeChanges } from '../fakes/fake-changes.ts';
import { FakeDryRuns } from '../fakes/fake-dry-runs.ts';
import { FakeGroups } from '../fakes/fake-groups.ts';
import { FakeHolds } from '../fakes/fake-holds.ts';
import { FakeJournal } from '../fakes/fake-journal.ts';
import { FakeLab } from '../fakes/fake-lab.ts';
import { FakeProofBoard } from '../fakes/fake-proof-board.ts';
import { FakeQueue } from '../fakes/fake-queue.ts';
import { FakeStatusBoard } from '../fakes/fake-status-board.ts';
import { FakeWorkerLife } from '../fakes/fake-worker-life.ts';
import { addNode2 } from '../fixtures/facts.ts';
import { type GivenRules, people, policyOf } from '../fixtures/policy.ts';

export const alice = { id: 'U0ALICE', name: 'alice' };
export const bob = { id: 'U0BOB', name: 'bob' };
export const carol = { id: 'U0CAROL', name: 'carol' };
export const mallory = { id: 'U0MALLORY', name: 'mallory' };

/** A clock that a test sets; sleeping moves it on, so that waits end at once. */
export class SettableClock implements Clock {
  at = Date.parse('2026-11-22T10:00:00.000Z');

  now(): Date {
    return new Date(this.at);
  }

  steadyMs(): number {
    return this.at;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.at += ms;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const pair = newKeyPair();

/** Bot and worker over the fakes, with a real signature between them; alice asks and bob approves unless the policy says otherwise. */
export function bench(rules: GivenRules = {}) {
  const clock = new SettableClock();
  const lab = new FakeLab();
  const changes = new FakeChanges('lab');
  const queue = new FakeQueue();
  const journal = new FakeJournal();
  const cards = new FakeCards([changes], clock);
  let made = 0;
  const ids = { change: () => `lab-7f3k2${String.fromCharCode(97 + made++)}`, nonce: () => `nonce-${made++}` };
  const [holds, groups] = [new FakeHolds(), new FakeGroups()];
  const policy = policyOf({ requesters: people(alice.id), approvers: people(bob.id), ...rules });
  const life = new FakeWorkerLife(clock);
  const posted: string[] = [];
  const postAgain = async ({ id }: Change) => ({ channel: 'C0OPS', ts: `again-${posted.push(id)}` });
  const reminded: { readonly id: string; readonly call: Call }[] = [];
  const opened: string[] = [];
  const board = new FakeStatusBoard();
  const proofBoard = new FakeProofBoard();
  const dryRuns = new FakeDryRuns();
  const bot: RequestPorts & TendPorts & AnsweredCluster = {
    board,
    proofBoard,
    dryRuns,
    changes,
    queue,
    worker: life,
    policy,
    holds,
    groups,
    botKey: pair.name,
    cards,
    clock,
    ids,
    postAgain,
    remind: async ({ id }, call) => void reminded.push({ id, call }),
    onOpen: (open) => void opened.push(open.map(({ id, state }) => `${id} ${state}`).join(', ')),
  };
  const signer = approvalSigner({ privateKeyPem: pair.privateKeyPem, name: pair.name });
  const surprises: unknown[] = [];
  const worker: JobPorts = {
    ...lab,
    shell: lab.shell as NodeShell,
    clock,
    changes,
    journal,
    cards,
    begunJobs: new FakeBegunJobs(),
    cluster: 'lab',
    planLivesMs: 3_600_000,
    nodesAtATime: 3,
    checker: approvalChecker({ keys: [{ name: pair.name, publicKeyPem: pair.publicKeyPem }] }),
    onProgressLost: (error) => surprises.push(error),
    onUnexpectedError: (error) => surprises.push(error),
    onRecordLost: () => undefined,
  };
  const decide = (decision: Decision) => decideChange(decision, { ...bot, signer });
  return {
    ...{
      posted,
      reminded,
      opened,
      board,
      proofBoard,
      dryRuns,
      life,
      clock,
      lab,
      changes,
      queue,
      journal,
      cards,
      holds,
      groups,
      bot,
      worker,
      signer,
      surprises,
      decide,
    },
    request: (intent: Intent = addNode2) =>
      requestChange(intent, alice, 'C0OPS', async () => ({ channel: 'C0OPS', ts: '1.2' }), bot),
    undo: (undoes: string, by = alice) =>
      requestUndo({ undoes, by, channel: 'C0OPS' }, async () => ({ channel: 'C0OPS', ts: '1.3' }), bot),
    work: (signal = new AbortController().signal) => queue.drain((job) => doJob(job, worker, signal)),
  };
}

export type Bench = ReturnType<typeof bench>;

/** The change, or a test that ends with the refusal's own words. */
export function granted(answer: Change | Refusal): Change {
  if (isRefusal(answer)) throw new Error(`refused: ${answer.says}`);
  return answer;
}

/** A change that alice asked for and the worker has planned. */
export async function plannedChange(on: Bench, intent?: Intent): Promise<Change> {
  const { id } = granted(await on.request(intent));
  await on.work();
  const stored = await on.changes.get(id);
  if (stored === null) throw new Error('the change is not stored');
  return stored.change;
}

export const approvalBy = (by: typeof bob, { id, digest }: Change): Decision => ({
  kind: 'approve',
  change: id,
  digest: digest ?? '',
  by,
  channel: 'C0OPS',
});

/** A change that is approved and waits for the worker. */
export async function approvedChangeOn(on: Bench, nodes: readonly string[] = ['node-2']): Promise<Change> {
  const change = await plannedChange(on, { verb: 'add', cluster: 'lab', nodes });
  return granted(await on.decide(approvalBy(bob, change)));
}

export const stateOf = async (on: Bench, id: string): Promise<Change | undefined> => (await on.changes.get(id))?.change;

/** Does an apply job as the queue would give it out once more. */
export const applyAgain = (on: Bench, id: string): Promise<void> =>
  doJob({ kind: 'apply', id }, on.worker, new AbortController().signal);

/** A change whose worker was cut off after it began to mount. */
export async function underWay(on: Bench): Promise<string> {
  const { id } = await approvedChangeOn(on);
  const append = on.journal.append.bind(on.journal);
  const cut = new AbortController();
  on.journal.append = async (change, event) => {
    const mark = await append(change, event);
    if (event.type === 'step-started' && event.step.startsWith('mount')) cut.abort(new Error('the lock is lost'));
    return mark;
  };
  await on.work(cut.signal).catch(() => undefined);
  on.journal.append = append;
  expect(await stateOf(on, id)).toMatchObject({ state: 'applying' });
  return id;
}
