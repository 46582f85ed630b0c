import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPS, PEOPLE } from '../../sandbox/people.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/local-slack.ts';
import { newKeyPair } from '../../src/adapters/keys/pair.ts';
import { type RedisServer, startRedis } from '../fixtures/redis.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';

const SRC = join(import.meta.dirname, '../../src');
const MANIFEST = join(import.meta.dirname, '../../manifest.yml');
const LIMIT_MS = 120_000;
let folder: string;
let slack: LocalSlack;
let redis: RedisServer;
let taken: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-left-open-'));
  slack = await startLocalSlack({ manifestPath: MANIFEST, people: PEOPLE, channel: OPS, delivery: { mode: 'socket' } });
  redis = await startRedis({ folder });
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  for (const owner of ['bot', 'worker']) {
    const { privateKeyPem, publicKeyPem } = newKeyPair();
    await writeFile(join(folder, `${owner}.key`), privateKeyPem, { mode: 0o600 });
    await writeFile(join(folder, `${owner}.pub`), publicKeyPem);
  }
  await writeFile(join(folder, 'policy.yaml'), 'clusters: { lab: { approvers: { users: [U0BOB, U0EVE] } } }');
});
afterAll(async () => {
  taken?.close();
  await redis?.close();
  await slack?.close();
  await removeFolder(folder);
});

/** A port in use. */
const health = () => {
  const address = taken.address();
  return { port: typeof address === 'object' ? address?.port : undefined };
};
const bot = (more: object = {}) => ({
  slack: { apiUrl: slack.apiUrl },
  redis: { url: redis.url },
  clusters: [{ name: 'lab', workerKeys: [join(folder, 'worker.pub')] }],
  policyFile: join(folder, 'policy.yaml'),
  approval: { keyFile: join(folder, 'bot.key') },
  health: health(),
  ...more,
});
const worker = () => ({
  cluster: 'lab',
  redis: { url: redis.url },
  root: folder,
  stateFolder: join(folder, 'state'),
  keyFile: join(folder, 'worker.key'),
  trustedKeys: [join(folder, 'bot.pub')],
  health: health(),
});

/** Starts a process from its parts. After a failure it ends only if nothing is left open. */
async function failsToStart(name: 'bot' | 'worker', config: object, botToken = slack.botToken): Promise<string> {
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, JSON.stringify(config));
  const script = `
    import { ${name}Config } from ${JSON.stringify(join(SRC, `config/${name}-config.ts`))};
    import { openLog } from ${JSON.stringify(join(SRC, 'runtime/log.ts'))};
    const { ${name === 'bot' ? 'startBot' : 'startWorker'}: start } = await import(${JSON.stringify(join(SRC, `${name}.ts`))});
    try {
      await start(${name}Config(${JSON.stringify(path)}, process.env), openLog('error', 'test'));
    } catch (error) {
      console.log(error.code ?? error.name, error.message);
    }`;
  const env = { PATH: process.env['PATH'] ?? '', REGISTRY_HA_SLACK_BOT_TOKEN: botToken };
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    env: { ...env, REGISTRY_HA_SLACK_APP_TOKEN: slack.appToken },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT_MS,
  });
  const [says, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect({ code, says }).toMatchObject({ code: 0 });
  return says;
}

describe('a process with a part that cannot start leaves nothing open:', { timeout: 2 * LIMIT_MS }, () => {
  it('the worker, if its health port is in use', async () => {
    expect(await failsToStart('worker', worker())).toContain('another program listens there');
  });

  it('the bot, if its health port is in use', async () => {
    expect(await failsToStart('bot', bot())).toContain('another program listens there');
  });

  it('the bot, if Slack rejects its token', async () => {
    expect(await failsToStart('bot', bot({ health: { port: 0 } }), 'xoxb-of-nobody')).toContain('invalid_auth');
  });

  it('the bot, if only one of its two sockets to Slack opens', async () => {
    await using proxy = await refusingTheSecondSocket(slack.apiUrl);
    const config = bot({ slack: { apiUrl: proxy.url }, health: { port: 0 } });
    expect(await failsToStart('bot', config)).toContain('token_revoked');
  });
});

/** Slack's Web API, which rejects the second socket of an app. */
async function refusingTheSecondSocket(apiUrl: string): Promise<AsyncDisposable & { readonly url: string }> {
  let sockets = 0;
  const server = createHttpServer(async (request, response) => {
    const body = await text(request);
    if (request.url === '/apps.connections.open') sockets += 1;
    if (request.url === '/apps.connections.open' && sockets === 2) {
      response.setHeader('content-type', 'application/json').end('{"ok":false,"error":"token_revoked"}');
      return;
    }
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const method = new URL(`${request.url}`.slice(1), apiUrl);
    const answer = await fetch(method, { method: 'POST', headers: { authorization, 'content-type': type }, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
