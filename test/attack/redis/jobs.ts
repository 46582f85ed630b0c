import { CLUSTER } from '../../../sandbox/people.ts';
import { QUEUE } from '../../../src/adapters/redis/queue/queue-jobs.ts';
import { clusterPrefix } from '../../../src/adapters/redis/server/keys.ts';
import { type Attack, besideAPlan } from '../attack.ts';
import { must } from '../outcome.ts';
import type { AttackStage, Target } from '../stage/attack-stage.ts';

/** A job as stored in Redis. */
interface RawJob {
  readonly id: string;
  readonly data: string;
  readonly opts?: string;
}

const KEY = `${clusterPrefix(CLUSTER)}:${QUEUE}`;
const TAKEN_LIMIT_MS = 120_000;
const LARGE = 10 * 1024 * 1024;
const DEEP = 100_000;
const FLOOD = 200;
const OPTIONS = '{"attempts":1}';

/** Jobs written directly into the queue, in forms that no bot makes. */
export function jobAttacks(): readonly Attack[] {
  return [...strangeJobs(), ...misnamedJobs(), ...jobsWithoutApproval()];
}

function strangeJobs(): readonly Attack[] {
  return [
    malformed('job-with-extra-keys', 'a job with a command among its keys', ({ id }) => ({
      id: `apply-${id}-1`,
      data: JSON.stringify({ kind: 'apply', id, command: 'reboot', steps: [{ kind: 'deploy' }] }),
    })),
    malformed('job-with-__proto__', 'a job whose JSON sets __proto__', ({ id }) => ({
      id: `apply-${id}-1`,
      data: `{"kind":"apply","id":"${id}","__proto__":{"cluster":"lab","isAdmin":true}}`,
    })),
    oversized('job-of-10-MB', 'a job of ten megabytes', ({ id }) => ({
      id: `apply-${id}-1`,
      data: JSON.stringify({ kind: 'apply', id: `${id}${'a'.repeat(LARGE)}` }),
    })),
  ];
}

function misnamedJobs(): readonly Attack[] {
  return [
    malformed('job-of-unknown-kind', 'a job of the kind “shell”', ({ id }) => ({
      id: `shell-${id}-1`,
      data: JSON.stringify({ kind: 'shell', id }),
    })),
    malformed('job-of-another-cluster', 'a job for a change of another cluster', () => ({
      id: 'apply-prod-222222-1',
      data: JSON.stringify({ kind: 'apply', id: 'prod-222222' }),
    })),
    malformed('job-under-another-name', 'a job with the name of another change', ({ id }) => ({
      id: `apply-${CLUSTER}-222222-1`,
      data: JSON.stringify({ kind: 'apply', id }),
    })),
    malformed('job-with-a-path-for-an-id', 'a job whose change id is a path', () => ({
      id: 'apply-lab-1-1',
      data: JSON.stringify({ kind: 'apply', id: '../../lab-1' }),
    })),
    malformed('job-with-lists-for-words', 'a job whose fields are lists', ({ id }) => ({
      id: `apply-${id}-1`,
      data: JSON.stringify({ kind: ['apply'], id: [id] }),
    })),
    oversized('job-nested-100000-deep', 'a job of a hundred thousand brackets', ({ id }) => ({
      id: `apply-${id}-1`,
      data: `{"kind":"apply","id":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
    })),
  ];
}

function jobsWithoutApproval(): readonly Attack[] {
  return [
    broken('job-that-is-no-json', 'a job whose data is not JSON', ({ id }) => ({
      id: `apply-${id}-1`,
      data: '{"kind":"apply',
    })),
    broken('job-with-options-that-are-no-json', 'a job whose options are not JSON', ({ id }) => ({
      id: `apply-${id}-1`,
      data: JSON.stringify({ kind: 'apply', id }),
      opts: '{{{',
    })),
    unapproved('job-without-approval', 'an apply job for an unapproved plan', async (stage, { id }) =>
      push(stage, { id: `apply-${id}-1`, data: JSON.stringify({ kind: 'apply', id }) }),
    ),
    unapproved(
      'job-flood',
      'two hundred apply jobs at once',
      async (stage, { id }) => {
        for (let n = 1; n <= FLOOD; n += 1) {
          await push(stage, { id: `apply-${id}-${n}`, data: JSON.stringify({ kind: 'apply', id }) });
        }
      },
      FLOOD,
    ),
  ];
}

/** The worker takes the job and rejects it permanently. */
const malformed = (name: string, tries: string, make: (target: Target) => RawJob): Attack =>
  pushed(name, tries, make, async (stage, { id }) => {
    await stage.until('the worker’s answer to the job', () => isIn(stage, 'failed', id), TAKEN_LIMIT_MS);
    return (await stage.redis.hget(`${KEY}:${id}`, 'failedReason')) ?? 'the job has failed';
  });

/** The worker rejects a job that is larger than any of a bot, unread, and Redis keeps nothing of it. */
const oversized = (name: string, tries: string, make: (target: Target) => RawJob): Attack =>
  pushed(name, tries, make, async (stage, { id }) => {
    const isGone = async () => (await stage.redis.exists(`${KEY}:${id}`)) === 0;
    await stage.until('a worker that dropped the job', isGone, TAKEN_LIMIT_MS);
    return 'the job was dropped, unread';
  });

/** BullMQ itself cannot read the job: it must be gone once honest jobs are done. */
const broken = (name: string, tries: string, make: (target: Target) => RawJob): Attack =>
  pushed(name, tries, make, async (stage, { id }) => {
    await stage.until('a worker that took the job', async () => !(await isWaiting(stage, id)), TAKEN_LIMIT_MS);
    return 'BullMQ cannot read the job, and nothing was run';
  });

/** A job next to a plan that it must not touch; `outcome` waits for the job's result and returns it. */
function pushed(
  name: string,
  tries: string,
  make: (target: Target) => RawJob,
  outcome: (stage: AttackStage, job: RawJob) => Promise<string>,
): Attack {
  return besideAPlan(name, tries, async (stage, target) => {
    const job = make(target);
    await push(stage, job);
    const says = await outcome(stage, job);
    await mustBeUntouched(stage, target);
    return says;
  });
}

function unapproved(
  name: string,
  tries: string,
  act: (stage: AttackStage, target: Target) => Promise<void>,
  last = 1,
): Attack {
  return besideAPlan(name, tries, async (stage, target) => {
    await act(stage, target);
    const isDone = () => isIn(stage, 'completed', `apply-${target.id}-${last}`);
    await stage.until('a worker that has done the job', isDone, TAKEN_LIMIT_MS);
    await mustBeUntouched(stage, target);
    return 'the job found no approval and did nothing';
  });
}

/** As BullMQ adds a job (addStandardJob): the job's hash, the wait list, and the marker that wakes a worker. */
async function push({ redis }: AttackStage, { id, data, opts = OPTIONS }: RawJob): Promise<void> {
  const fields = { name: 'apply', data, opts, timestamp: String(Date.now()), delay: '0', priority: '0' };
  await redis.multi().hset(`${KEY}:${id}`, fields).lpush(`${KEY}:wait`, id).zadd(`${KEY}:marker`, 0, '0').exec();
}

const isIn = async ({ redis }: AttackStage, set: 'failed' | 'completed', id: string): Promise<boolean> =>
  (await redis.zscore(`${KEY}:${set}`, id)) !== null;

const isWaiting = async ({ redis }: AttackStage, id: string): Promise<boolean> =>
  (await redis.lrange(`${KEY}:wait`, 0, -1)).includes(id);

async function mustBeUntouched(stage: AttackStage, { id, version }: Target): Promise<void> {
  const stored = await stage.get(id);
  must(stored.version === version, `The change’s record has new entries; its state is ${stored.change.state}.`);
}
