import { mkdir, mkdtemp } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EVERY_ENTRY } from '../../../../sandbox/seen/every-entry.ts';
import { changeQueue } from '../../../../src/adapters/redis/queue/queue.ts';
import { queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { redisChanges } from '../../../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis, patientTwin } from '../../../../src/adapters/redis/server/connection.ts';
import * as events from '../../../contract/changes-events.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { freePort, type RedisServer, startRedis } from '../../../fixtures/redis.ts';
import { startSentinels } from '../../../fixtures/sentinels.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';
import { clock } from '../server.ts';

const ID = 'c1-open22';

describe('a failover of Redis', { timeout: 300_000 }, () => {
  let folder: string;
  let primary: RedisServer;
  let replica: RedisServer;
  const closing: (() => unknown)[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-ha-failover-'));
    const at = async (name: string, words: readonly string[] = []) => {
      await mkdir(join(folder, name));
      return await startRedis({ folder: join(folder, name), appendonly: true, words });
    };
    primary = await at('primary');
    replica = await at('replica', ['--replicaof', '127.0.0.1', `${primary.port}`]);
    const watcher = connectRedis({ url: replica.url, onError: () => undefined });
    await vi.waitFor(async () => expect(await watcher.info()).toContain('master_link_status:up'), PATIENT);
    await closeRedis(watcher);
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    await primary.close();
    await replica.close();
    await removeFolder(folder);
  });

  it('with Sentinels: a running change continues on the new primary, with its whole record', async () => {
    const { hosts, close } = await startSentinels(folder, 'lab', primary.port);
    closing.push(close);
    const sentinels = { name: 'lab', hosts };
    const redis = connectRedis({ sentinels, onError: () => undefined });
    closing.push(() => closeRedis(redis));
    const watcher = connectRedis({ url: `redis://127.0.0.1:${hosts[0]?.port}`, onError: () => undefined });
    closing.push(() => closeRedis(watcher));
    await vi.waitFor(async () => {
      const seen = String(await watcher.info('sentinel'));
      expect(seen).toContain('slaves=1');
      expect(seen).toContain('sentinels=3');
    }, PATIENT);
    const changes = redisChanges({ redis, cluster: 'c1', proof: EVERY_ENTRY });
    const before = [events.requested(ID), events.planned(ID), events.approved(ID), events.started];
    for (const [version, event] of before.entries()) await changes.append(ID, version, event);
    const queue = changeQueue({ redis, cluster: 'c1' });
    closing.push(() => queue.close());
    let runs = 0;
    const work = async (_job: object, signal: AbortSignal) => {
      runs += 1;
      if (runs === 1) await primary.stop();
      for (let version = (await changes.get(ID))?.version ?? 0; version < 40; version += 1) {
        signal.throwIfAborted();
        await changes.append(ID, version, { type: 'step-started', at: clock.now().toISOString(), step: 'engines' });
      }
    };
    const log = { info: () => undefined, error: () => undefined };
    const worker = queueWorker({ redis, cluster: 'c1', work, log });
    closing.push(() => worker.close());
    worker.start();
    await queue.add('apply', ID, 1);
    await vi.waitFor(async () => expect((await changes.get(ID))?.version).toBe(40), PATIENT);
    await vi.waitFor(() => expect(worker.alive()).toBe(true), PATIENT);
    expect(redis.options.sentinels).toHaveLength(3);
    expect(redis.stream.remotePort).toBe(replica.port);
  });

  it('without Sentinels: a connection to a server that became a replica is opened anew, at the address of the new primary', async () => {
    let at = primary.port;
    const name = await relay(() => at);
    closing.push(() => void name.close());
    const errors: string[] = [];
    const redis = connectRedis({
      url: `redis://127.0.0.1:${portOf(name)}`,
      onError: ({ message }) => errors.push(message),
    });
    const twin = patientTwin(redis, () => undefined);
    closing.push(
      () => closeRedis(redis),
      () => closeRedis(twin),
    );
    await redis.set('a', '1');
    const blocked = twin.bzpopmin('none', 0).catch((error: unknown) => error);
    await vi.waitFor(() => expect(twin.status).toBe('ready'), PATIENT);
    const keeper = {
      old: connectRedis({ url: primary.url, onError: () => undefined }),
      now: connectRedis({ url: replica.url, onError: () => undefined }),
    };
    closing.push(
      () => closeRedis(keeper.old),
      () => closeRedis(keeper.now),
    );
    await keeper.now.replicaof('NO', 'ONE');
    at = replica.port;
    await keeper.old.replicaof('127.0.0.1', `${replica.port}`);
    await vi.waitFor(async () => expect(await redis.set('b', '2')).toBe('OK'), PATIENT);
    await vi.waitFor(async () => expect(await keeper.now.get('b')).toBe('2'), PATIENT);
    await vi.waitFor(async () => expect(await twin.set('c', '3')).toBe('OK'), PATIENT);
    expect(String(await blocked)).toMatch(/UNBLOCKED|closed/);
  });
});

/** A name that moves: each new connection leads to the port of that moment. */
async function relay(port: () => number): Promise<Server> {
  const server = createServer((inward) => {
    const outward = connect(port(), '127.0.0.1');
    for (const socket of [inward, outward]) socket.on('error', () => undefined);
    inward.on('close', () => outward.destroy());
    outward.on('close', () => inward.destroy());
    inward.pipe(outward).pipe(inward);
  });
  const at = await freePort();
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
