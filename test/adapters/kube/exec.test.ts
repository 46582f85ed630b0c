import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { command } from '../../../src/domain/node-commands/command.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { ApiServer, objectsOf } from '../../fixtures/api-server.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';

const { signal } = new AbortController();
const PING = command('salt', '-L', 'node-1', 'cmd.run', 'crictl info');
let server: ApiServer;

beforeAll(async () => {
  server = await ApiServer.start(objectsOf(CLUSTER));
});
afterEach(() => {
  server.answer = null;
  server.objects = objectsOf(CLUSTER);
});
afterAll(() => server.close());

const run = (limitMs = PATIENCE_MS) =>
  kubernetes({ kubeconfigPath: server.kubeconfigPath }).run(PING, { signal, limitMs });
const say = (socket: WebSocket, channel: number, text: string) =>
  socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
const status = (socket: WebSocket, body: unknown) => say(socket, 3, JSON.stringify(body));
const failure = (code: string) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  message: 'command terminated with non-zero exit code',
  details: { causes: [{ reason: 'ExitCode', message: code }] },
});

describe('a command in the salt-master container', () => {
  test('is sent word by word to the container', async () => {
    const heard: (readonly string[])[] = [];
    server.session = (socket, words) => {
      heard.push(words);
      status(socket, { status: 'Success' });
    };
    await run();
    expect(heard).toEqual([['salt', '-L', 'node-1', 'cmd.run', 'crictl info']]);
    expect(server.seen.at(-1)).toBe('/api/v1/namespaces/kube-system/pods/salt-master-bootstrap/exec');
  });

  test('returns stdout, stderr and exit code', async () => {
    server.session = (socket) => {
      say(socket, 1, '');
      say(socket, 1, '{"node-1": "é');
      say(socket, 2, 'warning\n');
      say(socket, 1, '"}');
      say(socket, 9, 'a channel that does not exist yet');
      status(socket, failure('2'));
    };
    expect(await run()).toEqual({ ended: exit(2), stdout: '{"node-1": "é"}', stderr: 'warning\n' });
  });

  test('joins a character split over two messages', async () => {
    const word = Buffer.from('é');
    server.session = (socket) => {
      for (const byte of word) socket.send(Buffer.from([1, byte]));
      status(socket, { status: 'Success' });
    };
    expect((await run()).stdout).toBe('é');
  });

  test.each([
    ['a cut connection', (socket: WebSocket) => socket.terminate()],
    ['a session closed without a status', (socket: WebSocket) => socket.close()],
  ])('reports %s as connection-lost', async (_, end) => {
    server.session = (socket) => {
      say(socket, 1, 'Executed command');
      setImmediate(() => end(socket));
    };
    expect(await run()).toEqual({ ended: { is: 'connection-lost' }, stdout: 'Executed command', stderr: '' });
  });

  test('reports a failure of the container engine as unknown', async () => {
    server.session = (socket) =>
      status(socket, { status: 'Failure', reason: 'InternalError', message: 'no such container' });
    expect(await run()).toEqual({ ended: { is: 'unknown', says: 'no such container' }, stdout: '', stderr: '' });
  });

  test('reports a status that is not JSON as unknown', async () => {
    server.session = (socket) => say(socket, 3, 'oops');
    expect((await run()).ended.is).toBe('unknown');
  });

  test('times out when a session hangs, and closes its socket', async () => {
    const closed = Promise.withResolvers<void>();
    server.session = (socket) => {
      say(socket, 1, 'half');
      socket.once('close', () => closed.resolve());
    };
    // The limit covers the handshake, which takes a second on a busy machine.
    expect(await run(2_000)).toEqual({ ended: { is: 'timeout', afterMs: 2_000 }, stdout: 'half', stderr: '' });
    await closed.promise;
  });

  test('can be aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    server.session = () => stop.abort(reason);
    const kube = kubernetes({ kubeconfigPath: server.kubeconfigPath });
    await expect(kube.run(PING, { signal: stop.signal, limitMs: PATIENCE_MS })).rejects.toBe(reason);
  });

  test('stops at the limit of output', async () => {
    const chunk = 'x'.repeat(2 ** 20);
    server.session = (socket) => {
      for (let sent = 0; sent < 17; sent += 1) say(socket, 1, chunk);
    };
    const result = await run();
    expect(result.ended).toEqual({ is: 'too-much-output', bytes: 16_777_216 });
  });

  test('explains a refused session without the raw answer', async () => {
    server.answer = (request, response) => {
      if (!request.url?.includes('labelSelector')) return false;
      response.end(JSON.stringify(server.objects[decodeURIComponent(request.url)]));
      return true;
    };
    const error = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unreachable);
    expect(error).toMatchObject({ fault: 'salt-master', where: 'salt-master-bootstrap' });
    expect(String(error)).toMatch(/the API denied permission/);
    expect(String(error)).not.toContain('secret');
  });

  test('is never sent to another pod with the label', async () => {
    const path = '/api/v1/namespaces/kube-system/pods?labelSelector=app.kubernetes.io/name=salt-master';
    const status = { containerStatuses: [{ name: 'salt-master', ready: true }] };
    const fake = { metadata: { name: 'a-salt-master' }, spec: { nodeName: 'node-2' }, status };
    server.objects = { ...server.objects, [path]: { items: [fake] } };
    await expect(run()).rejects.toThrow('No static salt-master pod was found on the bootstrap node.');
  });

  test('reports a missing salt-master pod', async () => {
    server.objects = objectsOf({ ...CLUSTER, saltMaster: null });
    await expect(run()).rejects.toThrow('No static salt-master pod was found on the bootstrap node.');
  });
});
