import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { queueWorker } from '../../../../src/adapters/redis/queue/queue-worker.ts';
import { closeRedis, connectRedis } from '../../../../src/adapters/redis/server/connection.ts';
import { PATIENT } from '../../../fixtures/patience.ts';
import { startRedis } from '../../../fixtures/redis.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

it('a worker is not ready while Redis rejects its password, and ready once Redis accepts it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-rejected-'));
  const login = { username: 'default', password: 'right' };
  const server = await startRedis({ folder, words: ['--requirepass', login.password], login });
  const errors: string[] = [];
  const urlWith = (password: string) => server.url.replace('//', `//:${password}@`);
  const redis = connectRedis({ url: urlWith('wrong'), onError: ({ message }) => void errors.push(message) });
  const log = { info: () => undefined, error: () => undefined };
  const worker = queueWorker({ redis, cluster: 'c1', work: async () => undefined, log });
  worker.start();
  const rejections = () => errors.filter((message) => message.includes('WRONGPASS')).length;
  for (const seen of [1, 2]) {
    await vi.waitFor(() => expect(rejections()).toBeGreaterThanOrEqual(seen), PATIENT);
    expect(worker.alive()).toBe(false);
  }
  const admin = connectRedis({ url: urlWith(login.password), onError: () => undefined });
  await admin.config('SET', 'requirepass', 'wrong');
  await vi.waitFor(() => expect(worker.alive()).toBe(true), PATIENT);
  await worker.close();
  await Promise.all([closeRedis(redis), closeRedis(admin)]);
  await server.close();
  await removeFolder(folder);
});
