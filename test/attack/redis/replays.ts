import { CLUSTER } from '../../../sandbox/people.ts';
import { QUEUE } from '../../../src/adapters/redis/queue/queue-jobs.ts';
import { changeKeys, clusterPrefix } from '../../../src/adapters/redis/server/keys.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { judgeCommands } from '../../harness/judges/commands.ts';
import { actsOf, stepsIn } from '../../harness/judges/deeds.ts';
import { type Attack, besideAPlan } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import { ACTIONS } from '../slack/actions.ts';
import { type AttackStage, BOB, type Target } from '../stage/attack-stage.ts';
import { before, judgeUndone } from '../stage/judge.ts';
import { refusedWith } from './approvals.ts';

type Approved = Extract<ChangeEvent, { type: 'approved' }>;

const END_LIMIT_MS = 400_000;
/** A job number that the change has not used. */
const LATER = 7;
const FAULT = 'state-fails';
const SLS = 'metalk8s.archives.mounted';

/**
 * Approvals that were valid once. The first attack has bob approve a change that fails half-way, and the last has him
 * retry it to the end. So an honest approval is shown to work, and to cover exactly its plan.
 */
export function replayAttacks(): readonly Attack[] {
  const kept: Kept = { approved: undefined, target: undefined };
  return [usedInFailedChange(kept), rolledBack(kept), movedToAnother(kept), afterTheEnd(kept)];
}

interface Kept {
  approved: Approved | undefined;
  target: Target | undefined;
}

function usedInFailedChange(kept: Kept): Attack {
  return {
    on: 'worker',
    name: 'approval-replayed-after-a-failure',
    tries: 'the used approval of a failed change, repeated with a job',
    runs: true,
    async stopped(stage) {
      const target = await failedChange(stage);
      const approved = await approvalIn(stage, target.id);
      Object.assign(kept, { approved, target });
      const then = await before(stage);
      await stage.forge(target.id, approved);
      await stage.queue.add('apply', target.id, 2);
      return await ended(stage, target, then);
    },
  };
}

/** Bob approves, a Salt state fails on the node, and the fault is fixed. */
async function failedChange(stage: AttackStage): Promise<Target> {
  const target = await stage.planned();
  const { id, digest } = target;
  await stage.sandbox.faults.plant(FAULT, ['node-2', SLS, 'on', 'purpose']);
  await stage.door.click({ by: BOB, action: ACTIONS.approve, value: { change: id, digest } }, 1);
  await stage.until('a failure', async () => (await stage.get(id)).change.state === 'failed', END_LIMIT_MS);
  await stage.sandbox.faults.clear(FAULT);
  return target;
}

/** The worker refuses the approval, and the change ends. */
async function ended(stage: AttackStage, { id }: Target, then: Awaited<ReturnType<typeof before>>): Promise<string> {
  await stage.until('an answer of the worker', async () => (await stage.get(id)).change.state !== 'approved');
  const { state, refusal } = (await stage.get(id)).change;
  must(state === 'refused' && refusal?.refused === 'approval-invalid', `The change is ${state}.`);
  await judgeUndone(stage, then);
  return refusal?.says ?? '';
}

/** Restores Redis to its state before the approval was used. */
function rolledBack(kept: Kept): Attack {
  return {
    on: 'worker',
    name: 'approval-with-its-nonce-deleted-from-redis',
    tries: 'a used approval deleted from Redis, and the record restored to before its use',
    async stopped(stage) {
      const { target, approved } = known(kept);
      const { record, state } = changeKeys(target.id);
      const texts = await stage.redis.lrange(record, 0, -1);
      const n = texts.findIndex((text) => text.includes('"type":"approved"'));
      await stage.redis.del(record, ...(await stage.redis.keys(`*apply-${target.id}-*`)));
      await stage.redis.rpush(record, ...texts.slice(0, n + 1));
      await stage.redis.hincrby(state, 'revision', 1);
      reached(
        (await stage.get(target.id)).change.approval?.signature === approved.signed.signature,
        'The used approval is not in Redis.',
      );
      await stage.queue.add('apply', target.id, LATER);
      await taken(stage, `apply-${target.id}-${LATER}`);
      const { state: now, steps } = (await stage.get(target.id)).change;
      must(now === 'failed' || now === 'refused', `The change is ${now}: ${JSON.stringify(steps)}.`);
      return `refused by the worker’s journal: ${now}`;
    },
  };
}

function movedToAnother(kept: Kept): Attack {
  const tries = 'a used approval, in the record of a fresh change for the same node';
  return besideAPlan('approval-replayed-for-another-change', tries, async (stage, { id }) => {
    await stage.forge(id, { ...known(kept).approved, at: new Date().toISOString() });
    return await refusedWith(stage, id, 'approval-invalid');
  });
}

function afterTheEnd(kept: Kept): Attack {
  return {
    on: 'worker',
    name: 'approval-replayed-after-the-end',
    tries: 'the approval of a completed change, repeated with a job',
    runs: true,
    async stopped(stage) {
      reached(kept.approved !== undefined, 'The first replay did not run.');
      const { id, digest } = await stage.planned();
      await stage.door.click({ by: BOB, action: ACTIONS.approve, value: { change: id, digest } }, 1);
      await stage.until('the end', async () => (await stage.get(id)).change.state === 'done', END_LIMIT_MS);
      mustHaveRunAsApproved(stage);
      const approved = await approvalIn(stage, id);
      const then = await before(stage);
      await stage.forge(id, approved);
      await stage.queue.add('apply', id, 2);
      await taken(stage, `apply-${id}-2`);
      await judgeUndone(stage, then);
      return `not run again: ${(await stage.get(id)).change.refusal?.says ?? 'the change has ended'}`;
    },
  };
}

async function approvalIn(stage: AttackStage, id: string): Promise<Approved> {
  const approved = (await stage.get(id)).events.find((event) => event.type === 'approved');
  if (approved?.type !== 'approved') throw new Error('A change that ran has no approval.');
  return approved;
}

async function taken(stage: AttackStage, job: string): Promise<void> {
  const completed = `${clusterPrefix(CLUSTER)}:${QUEUE}:completed`;
  await stage.until('a worker that took the job', async () => (await stage.redis.zscore(completed, job)) !== null);
}

/** Requires that every act of the run was a command of an approved plan, during its step. */
function mustHaveRunAsApproved({ sandbox, journal: tail }: AttackStage): void {
  const started = new Set(
    tail.changeLines().flatMap(({ change, event }) => (event.type === 'started' ? [change] : [])),
  );
  const events = tail.changeLines().flatMap(({ change, event }) => (started.has(change) ? [event] : []));
  const steps = stepsIn(events);
  const acts = actsOf(sandbox.cluster.world);
  const [complaint] = judgeCommands({ acts, jobs: [], events, steps, repeats: 1 }).filter((one) =>
    one.includes('not approved'),
  );
  reached(acts.length > 0, 'Nothing ever ran.');
  must(complaint === undefined, complaint ?? '');
}

function known({ target, approved }: Kept): { readonly target: Target; readonly approved: Approved } {
  reached(target !== undefined && approved !== undefined, 'The first replay did not run.');
  if (target === undefined || approved === undefined) throw new Error('unreachable');
  return { target, approved };
}
