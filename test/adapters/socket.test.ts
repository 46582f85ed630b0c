import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callWorker } from '../../src/adapters/socket/call.ts';
import { type SocketOptions, serveSocket } from '../../src/adapters/socket/serve.ts';
import type { TerminalAsk, TerminalSays } from '../../src/domain/wish/terminal-talk.ts';
import { removeFolder } from '../harness/stage/own-folder.ts';

const ASK: TerminalAsk = { v: 1, login: 'alice', uid: 1000, command: 'add', words: ['node-2'] };
let folder: string;
let path: string;
const open: { close(): unknown }[] = [];
const errors: unknown[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-ha-socket-'));
  path = join(folder, 'terminal.sock');
});
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
  await removeFolder(folder);
});

async function served(serve: SocketOptions['serve'], more: Partial<SocketOptions> = {}) {
  const server = await serveSocket({ path, serve, onError: (error) => errors.push(error), ...more });
  open.push(server);
  return server;
}

/** Everything that is said to somebody who sends this, until the worker ends the connection. */
function answerTo(sent: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(path, () => socket.write(sent));
    socket.on('data', (data) => {
      said += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
  });
}

async function heard(says: AsyncIterable<TerminalSays>): Promise<readonly TerminalSays[]> {
  const all: TerminalSays[] = [];
  for await (const one of says) all.push(one);
  return all;
}

it('carries a conversation to its end, letter for letter', async () => {
  const text = 'é'.repeat(100_000);
  await served(async (ask, talk) => {
    talk.says({ is: 'wait', says: JSON.stringify(ask) });
    talk.says({ is: 'plan', change: 'lab-7f3k2q', cluster: 'lab', digest: 'd', text, says: '' });
    const answer = await talk.hears(new AbortController().signal);
    talk.says({ is: 'wait', says: answer?.confirms ?? 'nothing' });
  });
  const call = await callWorker(path, ASK);
  call.says({ confirms: 'd' });
  const all = await heard(call.hears());
  expect(all.map((one) => ('text' in one ? one.text : one.is === 'wait' ? one.says : one.is))).toEqual([
    JSON.stringify(ASK),
    text,
    'd',
  ]);
});

it('is for the worker’s user alone', async () => {
  await served(async () => undefined);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('takes the place of a socket that a dead worker has left, but of no other file', async () => {
  const dead = createServer().listen(path);
  await new Promise((resolve) => dead.on('listening', resolve));
  // As after kill -9: the file stays, and nobody listens any more.
  dead.unref();
  const server = await served(async (_, talk) => talk.says({ is: 'busy', change: 'lab-7f3k2q' }));
  expect(await heard((await callWorker(path, ASK)).hears())).toEqual([{ is: 'busy', change: 'lab-7f3k2q' }]);
  await server.close();
  dead.close();
  await writeFile(path, 'precious');
  await expect(served(async () => undefined)).rejects.toThrow('another file in the place of the socket');
});

it('refuses a path that no socket can have', async () => {
  path = join(folder, 'x'.repeat(110));
  await expect(served(async () => undefined)).rejects.toThrow('at most 107 bytes');
});

describe('what is no wish ends the connection, and nothing is done', () => {
  it.each<[string, string | Buffer]>([
    ['garbage', 'GET / HTTP/1.1\r\n\r\n'],
    ['bytes', Buffer.from([0, 1, 2, 255, 254, 10])],
    ['another version', `${JSON.stringify({ ...ASK, v: 2 })}\n`],
    ['a command that is none', `${JSON.stringify({ ...ASK, command: 'rm' })}\n`],
    ['a login that is none', `${JSON.stringify({ ...ASK, login: 'alice; rm' })}\n`],
    ['no login', `${JSON.stringify({ ...ASK, login: '' })}\n`],
    ['a list', '[]\n'],
    ['a line without an end', 'x'.repeat(70_000)],
    ['a line that is too long', `${JSON.stringify({ ...ASK, words: ['x'.repeat(70_000)] })}\n`],
  ])('%s', async (_, sent) => {
    let calls = 0;
    await served(async () => {
      calls += 1;
    });
    expect(JSON.parse(await answerTo(sent))).toMatchObject({ is: 'failed', failure: { kind: 'not-understood' } });
    expect(calls).toBe(0);
  });

  it('silence', async () => {
    await served(async () => undefined, { helloMs: 20 });
    expect(await answerTo('')).toBe('');
  });

  it('garbage in the place of a confirmation: the change is not confirmed', async () => {
    const answers: unknown[] = [];
    await served(async (_, talk) => {
      talk.says({ is: 'wait', says: 'well?' });
      answers.push(await talk.hears(new AbortController().signal));
    });
    await answerTo(`${JSON.stringify(ASK)}\n{"confirms":7}\n`);
    expect(answers).toEqual([null]);
  });
});

it('a command that has gone is noticed', async () => {
  const gone = Promise.withResolvers<unknown>();
  await served(async (_, talk) => gone.resolve(await talk.hears(new AbortController().signal)));
  const call = await callWorker(path, ASK);
  call.close();
  expect(await gone.promise).toBeNull();
});

it('more commands than it talks to are told so', async () => {
  await served((_, talk) => new Promise((resolve) => talk.gone.addEventListener('abort', () => resolve())));
  const calls = await Promise.all(Array.from({ length: 16 }, () => callWorker(path, ASK)));
  const said = await heard((await callWorker(path, ASK)).hears());
  expect(said).toMatchObject([{ is: 'failed', failure: { kind: 'too-many' } }]);
  for (const call of calls) call.close();
});

it('nobody who listens is an error with its code', async () => {
  await expect(callWorker(path, ASK)).rejects.toMatchObject({ code: 'ENOENT' });
});
