import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { healthOnceStarted, withSecretsBeside } from '../../src/runtime/doctor.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES = { A: 'secrets/a', B: 'secrets/b', C: 'secrets/c', D: 'secrets/d' };

it('the doctor finds secrets beside the configuration, but what the environment names comes first', () => {
  mkdirSync(join(folder, 'secrets'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, 'secrets', name), name);
  const env = { A: 'given', B_FILE: '/elsewhere' };
  expect(withSecretsBeside(join(folder, 'bot.yaml'), env, FILES)).toEqual({
    ...env,
    C_FILE: join(folder, 'secrets/c'),
  });
});

const unitThatIs = (active: string | null) => async () =>
  active === null ? null : { load: 'loaded', active, file: 'enabled' };

it('the doctor waits for a process that systemd has just started', async () => {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/readyz' && Date.now() < readyAt ? 503 : 200).end('ready');
  });
  const at = { host: '127.0.0.1', port: await freePort() };
  const readyAt = Date.now() + 600;
  setTimeout(() => server.listen(at.port, at.host), 300);
  expect(await healthOnceStarted(at, unitThatIs('active'))).toEqual({ is: 'ready' });
  server.close();
});

it.each(['activating', 'failed', null])('the doctor waits for nothing when the unit is %s', async (active) => {
  const at = { host: '127.0.0.1', port: await freePort() };
  const began = performance.now();
  expect(await healthOnceStarted(at, unitThatIs(active))).toMatchObject({ is: 'silent' });
  expect(performance.now() - began).toBeLessThan(1_000);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
