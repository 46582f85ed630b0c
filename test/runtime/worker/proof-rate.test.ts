import { createHash, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dump } from 'js-yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import { workerConfig } from '../../../src/config/worker-config.ts';
import { REGISTRY_PORT } from '../../../src/domain/cluster/registry.ts';
import { openLog } from '../../../src/runtime/log.ts';
import { workerCluster } from '../../../src/runtime/worker/cluster.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';
import { removeFolder } from '../../harness/stage/own-folder.ts';

const IMAGE = { prefix: 'metalk8s-128.0.1', name: 'nginx', tag: '1.27.0-alpine' };
/** Several reads of a socket. */
const LAYER = Buffer.alloc(2 ** 20, 'x');
const BLOB = { digest: `sha256:${createHash('sha256').update(LAYER).digest('hex')}`, size: LAYER.length };
const TRIES = 20;

let folder: string;
let address: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-rate-'));
  server = createServer((_, response) => void response.writeHead(200, { 'content-length': LAYER.length }).end(LAYER));
  address = await freeAddress();
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await removeFolder(folder);
});

/** A worker asks every registry at the same port, so that the test needs an address of its own. */
async function freeAddress(tries = TRIES): Promise<string> {
  const ip = `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(2, 255)}`;
  try {
    await once(server.listen(REGISTRY_PORT, ip), 'listening');
    return ip;
  } catch (error) {
    if (tries === 0) throw error;
    return await freeAddress(tries - 1);
  }
}

/** What the worker of this file reads of the layer: the whole, or what it has this long after its first bytes. */
async function readWith(verify: object, patienceMs: number): Promise<'all' | number> {
  const path = join(folder, 'worker.yaml');
  await writeFile(path, dump({ cluster: 'lab', redis: { url: 'redis://127.0.0.1' }, stateFolder: folder, verify }));
  const cluster = await workerCluster(workerConfig(path, {}), openLog('error', 'test'), false);
  const ended = new AbortController();
  let received = 0;
  const onBytes = (bytes: number) => {
    received = bytes;
  };
  const read = cluster.registries.blob(address, IMAGE, BLOB, onBytes, ended.signal);
  const whole = read.then(() => 'all' as const);
  try {
    await becomesTrue(() => received > 0, PATIENCE_MS, ended.signal);
    return await Promise.race([whole, pause(patienceMs, undefined, { ref: false }).then(() => received)]);
  } finally {
    ended.abort();
    await whole.catch(() => undefined);
    await cluster.close();
  }
}

it('the proof reads as fast as `verify.maxRate` in worker.yaml says', { timeout: 3 * PATIENCE_MS }, async () => {
  expect(await readWith({}, PATIENCE_MS)).toBe('all');
  // A byte a second: the second piece waits for hours.
  const received = await readWith({ maxRate: 1 }, 300);
  expect(received).toBeGreaterThan(0);
  expect(received).toBeLessThan(LAYER.length);
});
