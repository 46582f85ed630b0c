import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BOT_COMMANDS, WORKER_COMMANDS } from '../../../../src/adapters/redis/acl/acl-commands.ts';
import { redisServer } from '../../../../src/adapters/redis/acl/redis-server.ts';
import { wordsOf } from '../../../../src/adapters/redis/acl/rights.ts';
import { systemClock as clock } from '../../../../src/runtime/clock.ts';
import { type AclBench, aclBench } from '../acl-bench.ts';

const [BOT, WORKER] = ['registry-ha-bot', 'registry-ha-worker-c1'];
let bench: AclBench;
beforeAll(async () => {
  bench = await aclBench(['c1', 'c2']);
});
afterAll(() => bench.close());

const rights = (user: string, process: 'bot' | 'worker', clusters: readonly string[]) =>
  redisServer({ redis: bench.as(user), process, clusters, clock }).rights();

const Info = z.tuple([z.tuple([z.string(), z.int()]).rest(z.unknown())]);

/** As Redis counts it: the words of a command with its name, negative for at least so many. A subcommand has two names. */
async function arityOf(command: string): Promise<number> {
  const [[, arity]] = Info.parse(await bench.as('admin').call('COMMAND', 'INFO', command));
  return arity;
}

describe('the rights of a process in Redis', () => {
  it('are all there for the users of `registry-ha redis acl`, and no others', async () => {
    expect(await rights(BOT, 'bot', ['c1', 'c2'])).toMatchObject({ missing: [], excess: [] });
    expect(await rights(WORKER, 'worker', ['c1'])).toMatchObject({ missing: [], excess: [] });
  });

  it('are tried without an act: no key is made, and nothing is refused', async () => {
    await rights(BOT, 'bot', ['c1', 'c2']);
    expect(await bench.as('admin').keys('*')).toEqual([]);
    expect(await bench.refused()).toEqual([]);
  });

  // Redis 8 answers "Wrong number of args for redis.acl_check_cmd()"; Redis 7 tries the command all the same.
  it('are tried with as many arguments as each command takes', async () => {
    const wrong = [];
    for (const name of new Set([...BOT_COMMANDS, ...WORKER_COMMANDS])) {
      const { length } = wordsOf(name, 'c1');
      const arity = await arityOf(name);
      if (arity < 0 ? length < -arity : length !== arity) wrong.push(`${name}: ${length} words, arity ${arity}`);
    }
    expect(wrong).toEqual([]);
  });

  it('that are missing are named: a cluster, a command', async () => {
    expect((await rights(BOT, 'bot', ['c1', 'c3'])).missing).toEqual(['keys of c3']);
    await bench.as('admin').call('ACL', 'SETUSER', WORKER, '-hset', '-publish');
    expect((await rights(WORKER, 'worker', ['c1'])).missing).toEqual(['hset', 'publish']);
    await bench.as('admin').call('ACL', 'SETUSER', WORKER, '+hset', '+publish');
  });

  it('that a process must not have are named', async () => {
    expect((await rights('admin', 'worker', ['c1'])).excess).toEqual([
      'change Redis’ configuration',
      'delete all data',
      'change users',
      'read keys outside of registry-ha’s',
      'write keys of other clusters',
    ]);
  });
});

describe('the Redis server', () => {
  it('is seen with its version, settings and time', async () => {
    const server = redisServer({ redis: bench.as(WORKER), process: 'worker', clusters: ['c1'], clock });
    const { version, bad, hidden, aheadMs, isTls } = await server.look();
    expect(Number.parseInt(version, 10)).toBeGreaterThanOrEqual(7);
    expect({ bad, hidden, isTls }).toEqual({ bad: [], hidden: [], isTls: false });
    expect(Math.abs(aheadMs)).toBeLessThan(30_000);
  });
});
