import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { healthCommand } from '../../src/commands/health.ts';
import { serveHealth } from '../../src/runtime/health.ts';

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-health-'));
afterAll(() => rmSync(folder, { recursive: true }));

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function file(text: string): string {
  const path = join(folder, 'bot.yaml');
  writeFileSync(path, text);
  return path;
}

async function run(text: string, env: Readonly<Record<string, string>> = {}) {
  const said: string[] = [];
  const code = await healthCommand({ bot: file(text) }, env, (line) => void said.push(line));
  return { code, said: said.join('\n') };
}

async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('registry-ha health', () => {
  it('asks at the configured port, and says whether the process is ready', async () => {
    const port = await freePort();
    let why: string | null = null;
    open.push(await serveHealth({ host: '127.0.0.1', port }, () => why));
    expect(await run(`health: { port: ${port} }`)).toEqual({ code: 0, said: 'ready' });
    why = 'Slack is unreachable.';
    expect(await run(`health: { port: ${port} }`)).toEqual({ code: 0, said: 'not ready: Slack is unreachable.' });
  });

  it('follows the environment, and asks a listener on every address at loopback', async () => {
    const port = await freePort();
    open.push(await serveHealth({ host: '127.0.0.1', port }, () => null));
    const env = { REGISTRY_HA_HEALTH_PORT: String(port), REGISTRY_HA_HEALTH_HOST: '0.0.0.0' };
    expect(await run('health: { port: 1 }', env)).toEqual({ code: 0, said: 'ready' });
  });

  it('fails with a sentence when nothing answers', async () => {
    const { code, said } = await run(`health: { port: ${await freePort()} }`);
    expect(code).toBe(1);
    expect(said).toMatch(/does not answer \(ECONNREFUSED\)\. Check whether the process runs/);
  });

  it('names a file that it cannot read, and its own use', async () => {
    const said: string[] = [];
    const print = (line: string) => void said.push(line);
    expect(await healthCommand({ worker: join(folder, 'none.yaml') }, {}, print)).toBe(1);
    expect(await healthCommand({}, {}, print)).toBe(2);
    expect(said.at(1)).toContain('no such file');
    expect(said.at(-1)).toContain('Use `registry-ha health --bot FILE`');
  });
});
