import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registries } from '../../../src/adapters/registry/registries.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { imageOf } from '../../fakes/fake-registries.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';
import { RegistryServer } from '../../fixtures/registry-server.ts';

const { signal } = new AbortController();
const IMAGE = { prefix: 'metalk8s-128.0.1', name: 'nginx', tag: '1.27.0-alpine' };
let server: RegistryServer;

beforeAll(async () => {
  server = await RegistryServer.start({ 'metalk8s-128.0.1/nginx:1.27.0-alpine': imageOf('nginx') });
});
afterEach(() => {
  server.answer = null;
});
afterAll(() => server.close());

const ask = (limitMs = PATIENCE_MS) => registries({ port: server.port, limitMs }).manifest('127.0.0.1', IMAGE, signal);

async function saysWhen(answer: (request: IncomingMessage, response: ServerResponse) => void, limitMs?: number) {
  server.answer = answer;
  const error = await ask(limitMs).catch((thrown: unknown) => thrown);
  if (error instanceof Unreachable && error.fault === 'registry') return error.says;
  throw error;
}

describe('a registry over HTTP', () => {
  test('nginx would answer with another kind of manifest', async () => {
    await ask();
    const { url, headers, method } = server.seen.at(-1) ?? {};
    expect([method, url]).toEqual(['GET', '/v2/metalk8s-128.0.1/nginx/manifests/1.27.0-alpine']);
    expect(headers?.accept).toBe('application/vnd.docker.distribution.manifest.v2+json');
  });

  test('whole layers would be loaded to learn their size', async () => {
    const digest = Object.keys(imageOf('nginx').blobs)[0] ?? '';
    await registries({ port: server.port }).blobSize('127.0.0.1', IMAGE, digest, signal);
    expect(server.seen.at(-1)?.method).toBe('HEAD');
  });

  test.each([
    [
      'a registry in trouble',
      (_: unknown, response: ServerResponse) => response.writeHead(502).end('<html>secret'),
      /status 502/,
    ],
    [
      'a redirect',
      (_: unknown, response: ServerResponse) => response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
      /status 301/,
    ],
    ['a page', (_: unknown, response: ServerResponse) => response.end('<html>'), /is not an image manifest/],
    [
      'a manifest of version 1',
      (_: unknown, response: ServerResponse) => response.end('{"schemaVersion":1}'),
      /is not an image manifest/,
    ],
    ['a cut connection', (request: IncomingMessage) => request.socket.destroy(), /connection was reset/],
    [
      'a body cut short',
      (request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-length': 100 }).write('{');
        setImmediate(() => request.socket.destroy());
      },
      /did not return/,
    ],
    [
      'a flood',
      (_: unknown, response: ServerResponse) => response.end(Buffer.alloc(5 * 2 ** 20)),
      /more than 4194304 bytes/,
    ],
  ])('explains %s without the raw answer', async (_, answer, words) => {
    const says = await saysWhen(answer);
    expect(says).toMatch(words);
    expect(says).not.toContain('secret');
  });

  test('times out when the registry stays silent', async () => {
    expect(await saysWhen(() => undefined, 100)).toMatch(/no answer within 100 ms/);
  });

  test('rejects a blob without a size', async () => {
    server.answer = (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' }).end();
    };
    const size = registries({ port: server.port }).blobSize('127.0.0.1', IMAGE, `sha256:${'0'.repeat(64)}`, signal);
    await expect(size).rejects.toThrow('has no Content-Length');
  });

  test('writes an IPv6 address in brackets', async () => {
    const error = await registries({ port: server.port, limitMs: PATIENCE_MS })
      .manifest('::1', IMAGE, signal)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ where: `http://[::1]:${server.port}` });
  });
});
