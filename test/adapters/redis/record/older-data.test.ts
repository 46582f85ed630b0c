import { afterEach, expect, it } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { decideChange } from '../../../../src/app/ask/decide-change.ts';
import { requestChange } from '../../../../src/app/ask/request-change.ts';
import { tendChanges } from '../../../../src/app/ask/tend-changes.ts';
import { reportLostRecords } from '../../../../src/app/record/lost-records.ts';
import { doJob } from '../../../../src/app/worker/do-job.ts';
import { Unreachable } from '../../../../src/domain/answers/failure.ts';
import { alice, approvalBy, bench, bob, granted } from '../../../app/bench.ts';
import { addNode2 } from '../../../fixtures/facts.ts';
import { redisBench } from '../server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

/** Bot and worker over a real Redis, of which a snapshot can be restored as an operator restores a backup. */
async function world() {
  const on = bench();
  const server = await redisBench();
  open.push(server);
  const redis = server.connect();
  const changes = redisChanges({ redis, cluster: 'lab', proof: EVERY_ENTRY });
  const worker = { ...on.worker, changes };
  const bot = { ...on.bot, changes, signer: on.signer };
  const run = (kind: 'plan' | 'apply', id: string) => doJob({ kind, id }, worker, new AbortController().signal);
  const stored = async (id: string) => {
    const found = await changes.get(id);
    if (found === null) throw new Error(`${id} is not in Redis`);
    return found;
  };
  return {
    ...{ on, redis, changes, run, stored },
    tend: () => tendChanges(bot),
    snapshot: () => redis.save(),
    async restore() {
      await server.server.stop();
      await server.server.start();
    },
    async planned() {
      const { id } = granted(
        await requestChange(addNode2, alice, 'C0OPS', async () => ({ channel: 'C0OPS', ts: '1.2' }), bot),
      );
      await run('plan', id);
      return id;
    },
    async decide(id: string, kind: 'approve' | 'retry' | 'cancel' = 'approve') {
      granted(await decideChange({ ...approvalBy(bob, (await stored(id)).change), kind }, bot));
    },
    compare: (which: 'all' | 'open' = 'all') =>
      reportLostRecords(
        {
          ...worker,
          clock: on.clock,
          onLost: () => undefined,
          onBehind: () => undefined,
          onTold: () => undefined,
          onBotEnd: () => undefined,
        },
        which,
      ),
  };
}

it('a done change stays done when an older Redis has its plan only, even after the bot let the plan expire', async () => {
  const { on, planned, snapshot, decide, run, restore, tend, compare, stored } = await world();
  const id = await planned();
  await snapshot();
  await decide(id);
  await run('apply', id);
  expect((await stored(id)).change.state).toBe('done');
  await restore();
  expect((await stored(id)).change.state).toBe('planned');
  on.clock.at += 2 * 3_600_000;
  await tend();
  expect((await stored(id)).change.state).toBe('expired');
  await compare();
  const { change, doubt } = await stored(id);
  expect(change).toMatchObject({ state: 'done', proof: { served: 5 } });
  expect(doubt).toBeUndefined();
  expect(Object.keys(change.steps).length).toBeGreaterThan(5);
  const entries = (await stored(id)).version;
  await compare();
  expect((await stored(id)).version).toBe(entries);
});

it('a done change does not stay in progress when an older Redis has its first steps only', async () => {
  const { on, planned, snapshot, decide, run, restore, compare, stored } = await world();
  const id = await planned();
  await decide(id);
  const append = on.journal.append.bind(on.journal);
  on.journal.append = async (change, event) => {
    if (event.type === 'step-started' && event.step.startsWith('deploy')) await snapshot();
    return await append(change, event);
  };
  await run('apply', id);
  await restore();
  expect((await stored(id)).change.state).toBe('applying');
  await compare('open');
  expect((await stored(id)).change).toMatchObject({ state: 'done', proof: { served: 5 } });
});

it('what ran is told although the bot has cancelled the change in an older Redis', async () => {
  const { planned, snapshot, decide, run, restore, compare, stored } = await world();
  const id = await planned();
  await decide(id);
  await snapshot();
  await run('apply', id);
  await restore();
  await decide(id, 'cancel');
  await compare();
  expect((await stored(id)).change).toMatchObject({ state: 'done' });
});

it('a change that the bot has cancelled before its start stays cancelled', async () => {
  const { planned, decide, compare, stored, run } = await world();
  const id = await planned();
  await decide(id);
  await decide(id, 'cancel');
  await run('apply', id);
  await compare();
  expect((await stored(id)).change).toMatchObject({ state: 'cancelled' });
});

it('a Redis that was emptied while connected is noticed without a new connection', async () => {
  const { planned, redis, compare, stored } = await world();
  const id = await planned();
  await redis.flushall();
  await compare('open');
  expect((await stored(id)).change).toMatchObject({ state: 'failed', failure: { kind: 'record-lost' } });
});

it('a retry that is done is told to a Redis that has only the failure before it', async () => {
  const { on, planned, snapshot, decide, run, restore, compare, stored } = await world();
  const id = await planned();
  await decide(id);
  const look = on.lab.kubernetes.look.bind(on.lab.kubernetes);
  on.lab.kubernetes.look = async () => {
    throw new Unreachable('the Kubernetes API', 'kubernetes', 'It is away.');
  };
  await run('apply', id);
  on.lab.kubernetes.look = look;
  expect((await stored(id)).change.state).toBe('failed');
  await snapshot();
  await decide(id, 'retry');
  await run('apply', id);
  expect((await stored(id)).change.state).toBe('done');
  await restore();
  await compare();
  expect((await stored(id)).change).toMatchObject({ state: 'done' });
});
