import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { EVERY_ENTRY, EVERY_STATEMENT } from '../../../../sandbox/seen/every-entry.ts';
import { aclFile, aclUsers } from '../../../../src/adapters/redis/acl/acl.ts';
import { commandsIn, QUEUE_OF_BOT, QUEUE_OF_WORKER } from '../../../../src/adapters/redis/acl/acl-commands.ts';
import { redisAnnouncements } from '../../../../src/adapters/redis/cards/announcements.ts';
import { redisCards } from '../../../../src/adapters/redis/cards/cards.ts';
import { redisTold } from '../../../../src/adapters/redis/cards/told.ts';
import { redisDryRuns } from '../../../../src/adapters/redis/lease/dry-runs.ts';
import { takeFence } from '../../../../src/adapters/redis/lease/fence.ts';
import { redisHeartbeat } from '../../../../src/adapters/redis/lease/heartbeat.ts';
import { redisProofs } from '../../../../src/adapters/redis/lease/proofs.ts';
import { redisStatus } from '../../../../src/adapters/redis/lease/status.ts';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { announcementsContract } from '../../../contract/announcements.contract.ts';
import { cardsContract } from '../../../contract/cards.contract.ts';
import { changesContract } from '../../../contract/changes.contract.ts';
import * as events from '../../../contract/changes-events.ts';
import { dryRunsContract } from '../../../contract/dry-runs.contract.ts';
import { proofsContract } from '../../../contract/proofs.contract.ts';
import { queueContract } from '../../../contract/queue.contract.ts';
import { statusContract } from '../../../contract/status.contract.ts';
import { toldContract } from '../../../contract/told.contract.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { type AclBench, aclBench } from '../acl-bench.ts';
import { clock } from '../server.ts';

const [BOT, WORKER] = ['registry-ha-bot', 'registry-ha-worker-c1'];

it('heartbeat and fence work with the users of bot and worker', async () => {
  const bench = await aclBench(['c1']);
  await redisHeartbeat({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_STATEMENT, clock: systemClock }).beat({
    trouble: 'The disk is full.',
    nodes: null,
    who: null,
  });
  const seen = await redisHeartbeat({
    redis: bench.as(BOT),
    cluster: 'c1',
    proof: EVERY_STATEMENT,
    clock: systemClock,
  }).seen();
  expect(seen).toMatchObject({ trouble: 'The disk is full.' });
  await bench.as(WORKER).set('mk8s:c1:changes:job:lock', 'token');
  const fence = await takeFence(bench.as(WORKER), 'c1', 'mk8s:c1:changes:job:lock', 'token');
  await redisChanges({ redis: bench.as(WORKER), cluster: 'c1', fence, proof: EVERY_ENTRY }).stillOurs();
  const refused = await bench.refused();
  await bench.close();
  expect(refused).toEqual([]);
});

it('the user of docs/redis.md loads changed users, and may do nothing else', async () => {
  const page = readFileSync(new URL('../../../../docs/redis.md', import.meta.url), 'utf8');
  const [, words = ''] = /^user acl-loader (.+)$/m.exec(page) ?? [];
  const bench = await aclBench(['c1']);
  const admin = bench.as('admin');
  await admin.call('ACL', 'SETUSER', 'acl-loader', ...words.split(' '));
  const may = (...command: readonly string[]) => admin.call('ACL', 'DRYRUN', 'acl-loader', ...command);
  expect(await may('acl', 'load')).toBe('OK');
  expect(await may('acl', 'setuser', 'x')).toContain('no permissions');
  expect(await may('get', 'mk8s:c1:x')).toContain('no permissions');
  await bench.close();
});

it('a cluster that is added later works, and so do the users who were there before', async () => {
  const bench = await aclBench(['c0', 'c1']);
  const before = [bench.as(BOT), bench.as(WORKER)];
  for (const redis of before) await redis.set('mk8s:c1:changes:x', '1');
  await bench.add('c2');
  for (const redis of [...before, bench.as(BOT), bench.as(WORKER)])
    expect(await redis.get('mk8s:c1:changes:x')).toBe('1');
  await bench.as('registry-ha-worker-c2').set('mk8s:c2:changes:x', '2');
  for (const redis of [...before.slice(0, 1), bench.as(BOT)]) expect(await redis.get('mk8s:c2:changes:x')).toBe('2');
  expect(await bench.refused()).toEqual([]);
  await expect(bench.as('registry-ha-worker-c2').get('mk8s:c1:changes:x')).rejects.toThrow('NOPERM');
  await expect(bench.as(WORKER).get('mk8s:c2:changes:x')).rejects.toThrow('NOPERM');
  await bench.close();
});

/** Closes the bench after a suite that must not have met a closed door. */
const closing = (bench: AclBench) => async () => {
  const refused = await bench.refused();
  await bench.close();
  expect(refused).toEqual([]);
};

changesContract('Redis, as the worker’s user', async () => {
  const bench = await aclBench(['c1']);
  return {
    changes: redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY }),
    close: closing(bench),
  };
});

statusContract('Redis, as the bot’s and the worker’s users', async () => {
  const bench = await aclBench(['c1']);
  const boardOf = (user: string) => redisStatus({ redis: bench.as(user), cluster: 'c1', proof: EVERY_STATEMENT });
  return { worker: boardOf(WORKER), bot: boardOf(BOT), close: closing(bench) };
});

proofsContract('Redis, as the bot’s and the worker’s users', async () => {
  const bench = await aclBench(['c1']);
  const boardOf = (user: string) => redisProofs({ redis: bench.as(user), cluster: 'c1', proof: EVERY_STATEMENT });
  return { worker: boardOf(WORKER), bot: boardOf(BOT), close: closing(bench) };
});

dryRunsContract('Redis, as the bot’s and the worker’s users', async () => {
  const bench = await aclBench(['lab']);
  const of = (user: string) => redisDryRuns({ redis: bench.as(user), cluster: 'lab', proof: EVERY_STATEMENT });
  return { worker: of('registry-ha-worker-lab'), bot: of(BOT), close: closing(bench) };
});

toldContract('Redis, as the bot’s user', async () => {
  const bench = await aclBench(['c1']);
  const told = redisTold({ redis: bench.as(BOT), cluster: 'c1', proof: EVERY_STATEMENT });
  return { told, close: closing(bench) };
});

cardsContract('Redis, as the bot’s user', async () => {
  const bench = await aclBench(['c0', 'c1']);
  return {
    cards: redisCards({ redis: bench.as(BOT), clusters: ['c0', 'c1'], clock, proof: EVERY_STATEMENT }),
    changes: redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY }),
    outlast: (ms) => clock.sleep(ms + 5, new AbortController().signal),
    close: closing(bench),
  };
});

announcementsContract('Redis, as the bot’s user', async () => {
  const bench = await aclBench(['c0', 'c1']);
  const options = { clusters: ['c0', 'c1'], onError: () => undefined };
  const replica = () => redisAnnouncements({ redis: bench.as(BOT), ...options });
  const changes = redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY });
  return { changes, replica, close: closing(bench) };
});

queueContract('BullMQ, as the bot’s and the worker’s users', async () => {
  const bench = await aclBench(['c1']);
  const redis = bench.as(BOT);
  const queue = changeQueue({ redis, cluster: 'c1' });
  const left = () => redis.exists('mk8s:c1:changes:wait', 'mk8s:c1:changes:prioritized', 'mk8s:c1:changes:active');
  const drain = async (onJob?: (id: string) => Promise<void>) => {
    const took: string[] = [];
    const work = async ({ kind, id }: { kind: string; id: string }) => {
      took.push(`${kind} ${id}`);
      await onJob?.(id);
    };
    const log = { info: () => undefined, error: () => undefined };
    const worker = queueWorker({ redis: bench.as(WORKER), cluster: 'c1', work, log });
    worker.start();
    await vi.waitFor(async () => expect(await left()).toBe(0), PATIENT);
    await worker.close();
    return took;
  };
  const close = async () => {
    await queue.close();
    await closing(bench)();
  };
  return { queue, drain, close };
});

describe('the users of Redis', () => {
  let bench: AclBench;
  beforeAll(async () => {
    bench = await aclBench(['c1', 'c2']);
  });
  afterAll(() => bench?.close());

  it.each([
    ['get', 'mk8s:c2:lease:c2-aaaaaa'],
    ['smembers', 'mk8s:c2:open'],
    ['hset', 'mk8s:c2:state:c2-aaaaaa', 'revision', '9'],
    ['set', 'other', 'x'],
    ['eval', 'return redis.call("GET", KEYS[1])', '1', 'mk8s:c2:lease:c2-aaaaaa'],
    ['eval', 'return redis.call("SET", "mk8s:c2:lease:c2-aaaaaa", "mine")', '0'],
    ['eval', 'return redis.call("FLUSHALL")', '0'],
    ['flushall'],
    ['flushdb'],
    ['config', 'get', '*'],
    ['config', 'set', 'dir', '/tmp'],
    ['keys', '*'],
    ['scan', '0'],
    ['monitor'],
    ['acl', 'list'],
    ['acl', 'setuser', 'me', 'on', 'nopass', '~*', '+@all'],
    ['client', 'list'],
    ['client', 'kill', 'type', 'normal'],
    ['script', 'flush'],
    ['function', 'list'],
    ['module', 'list'],
    ['replicaof', '127.0.0.1', '1'],
    ['save'],
    ['shutdown', 'nosave'],
    ['subscribe', 'news'],
    ['publish', 'news', 'x'],
    ['publish', 'mk8s:c2:announced', 'c2-aaaaaa'],
    ['eval', 'return redis.call("PUBLISH", "mk8s:c2:announced", "c2-aaaaaa")', '0'],
    ['psubscribe', 'mk8s:c1:announced'],
    ['psubscribe', 'mk8s:*:announced'],
    ['swapdb', '0', '1'],
    ['object', 'help'],
    ['sort', 'mk8s:c1:open'],
  ])(
    'a worker whose node was taken over could do this to Redis or to another cluster: %s %s',
    async (name, ...words) => {
      const worker = bench.as(WORKER);
      await expect(worker.call(name, ...words)).rejects.toThrow(/^NOPERM|^ERR The user executing the script can't/);
      await expect(worker.call('smembers', 'mk8s:c1:open')).resolves.toEqual([]);
    },
  );

  it('reject a login without a password or with a wrong one', async () => {
    const nobody = bench.as('default');
    await expect(nobody.call('ping')).rejects.toThrow();
    const unknown = bench.as('');
    await expect(unknown.call('ping')).rejects.toThrow(/^NOAUTH|closed|WRONGPASS/);
  });

  it('allow Redis to load its own file at a restart', async () => {
    const changes = redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY });
    await changes.append('c1-kept22', 0, events.requested('c1-kept22'));
    await bench.restart();
    const after = redisChanges({ redis: bench.as(WORKER), cluster: 'c1', proof: EVERY_ENTRY });
    expect((await after.get('c1-kept22'))?.version).toBe(1);
  });

  it('give the bot no access to other clusters', async () => {
    await expect(bench.as(BOT).call('smembers', 'mk8s:c3:open')).rejects.toThrow(/^NOPERM/);
  });
});

describe('the file of users', () => {
  it('has only hashes, disables `default`, and keeps the lines of other users', () => {
    const before =
      'user admin on #00 ~* &* +@all\nuser default on nopass ~* +@all\nuser registry-ha-worker-gone on #11 ~* +@all\n';
    const text = aclFile(
      aclUsers(['lab'], (user) => `password of ${user}`),
      before,
    );
    expect(text).not.toContain('password of');
    expect(text.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'user default off',
      'user registry-ha-bot on',
      'user registry-ha-worker-lab on',
      'user admin on',
      '',
    ]);
    expect(text).not.toContain('nopass');
  });

  it.each([
    ['bot', ['addPrioritizedJob', 'getRanges', 'getStateV2', 'removeJob'], QUEUE_OF_BOT],
    [
      'worker',
      [
        ...['moveToActive', 'moveToFinished', 'moveToDelayed', 'retryJob', 'saveStacktrace', 'moveStalledJobsToWait'],
        ...['extendLock', 'extendLocks', 'changePriority', 'moveJobFromActiveToWait', 'getRanges', 'getJobs'],
      ],
      QUEUE_OF_WORKER,
    ],
  ])('gives the %s every command of BullMQ’s scripts', (_who, names, given) => {
    const scripts = scriptsOf(names);
    expect(scripts).toHaveLength(names.length);
    // The one call whose command is a variable: LPUSH or RPUSH into the list of waiting jobs.
    const pushes = scripts.some((lua) => lua.includes('rcall(pushCmd')) ? ['lpush', 'rpush'] : [];
    expect(given).toEqual([...new Set([...scripts.flatMap(commandsIn), ...pushes])].toSorted());
  });
});

const scriptSchema = z.record(z.string(), z.object({ name: z.string(), content: z.string() }));

/** BullMQ's scripts by name, whole, as its own package holds them. */
function scriptsOf(names: readonly string[]): readonly string[] {
  const all = scriptSchema.parse(createRequire(import.meta.url)('bullmq/dist/cjs/scripts'));
  return Object.values(all).flatMap(({ name, content }) => (names.includes(name) ? [content] : []));
}
