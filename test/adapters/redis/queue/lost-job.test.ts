import { Queue } from 'bullmq';
import { expect, it, vi } from 'vitest';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisHolds } from '../../../../src/adapters/redis/cards/holds.ts';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { tendChanges } from '../../../../src/app/ask/tend-changes.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import * as events from '../../../contract/changes-events.ts';
import { FakeGroups } from '../../../fakes/fake-groups.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { people, policyOf } from '../../../fixtures/policy.ts';
import { queueBenchOfTests } from '../queue-bench.ts';
import { clock } from '../server.ts';

const ID = 'c1-open22';
const JOB = `apply-${ID}-1`;
const bench = queueBenchOfTests();

function bot() {
  const redis = bench.connect();
  const queue = bench.queue();
  const policy = policyOf({ approvers: people('U0BOB') });
  const changes = redisChanges({ redis, cluster: 'c1', proof: EVERY_ENTRY });
  const worker = redisHeartbeat({ redis, cluster: 'c1', proof: EVERY_STATEMENT, clock: systemClock });
  const postAgain = async () => null;
  const remind = async () => undefined;
  const cards = redisCards({ redis, clusters: ['c1'], clock, proof: EVERY_STATEMENT });
  const holds = redisHolds({ redis, proof: EVERY_STATEMENT, cluster: 'c1' });
  return {
    changes,
    queue,
    worker,
    policy,
    holds,
    groups: new FakeGroups(),
    clock,
    postAgain,
    botKey: 'aaaaaaaaaaaa',
    remind,
    onOpen: () => undefined,
    cards,
  };
}

async function applyingChange(on: ReturnType<typeof bot>): Promise<void> {
  const all = [events.requested(ID), events.planned(ID), events.approved(ID), events.started];
  for (const [version, event] of all.entries()) await on.changes.append(ID, version, event);
}

function bullQueue(): Queue {
  const queue = new Queue('changes', { connection: bench.connect(), prefix: 'mk8s:c1' });
  bench.atEnd(() => queue.close());
  return queue;
}

it('a running change whose job was abandoned is resumed by itself', async () => {
  const on = bot();
  await applyingChange(on);
  const queue = bullQueue();
  // One attempt only, so that it is used up as a thousand would be.
  await queue.add('apply', { kind: 'apply', id: ID }, { jobId: JOB, attempts: 1 });
  let takes = 0;
  bench.start(async () => {
    takes += 1;
    if (takes === 1) throw new Error('Redis was away');
  });
  await vi.waitFor(async () => expect(await queue.getJobState(JOB)).toBe('failed'), PATIENT);
  await tendChanges(on);
  await vi.waitFor(() => expect(takes).toBe(2), PATIENT);
});

it('a running change whose job Redis lost is resumed', async () => {
  const on = bot();
  await applyingChange(on);
  const taken: string[] = [];
  bench.start(async ({ kind, id }) => void taken.push(`${kind} ${id}`));
  await tendChanges(on);
  await vi.waitFor(() => expect(taken).toEqual([`apply ${ID}`]), PATIENT);
});

it('an approved change runs although another job has its name', async () => {
  const on = bot();
  await applyingChange(on);
  const queue = bullQueue();
  await queue.add('apply', { kind: 'apply', id: ID, command: 'reboot' }, { jobId: JOB });
  const taken: string[] = [];
  bench.start(async ({ kind, id }) => void taken.push(`${kind} ${id}`));
  await vi.waitFor(async () => expect(await queue.getJobState(JOB)).toBe('failed'), PATIENT);
  expect(taken).toEqual([]);
  await tendChanges(on);
  await vi.waitFor(() => expect(taken).toEqual([`apply ${ID}`]), PATIENT);
});
