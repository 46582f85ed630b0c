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

const ask = (waitMs = PATIENCE_MS) => registries({ port: server.port, waitMs }).manifest('127.0.0.1', IMAGE, signal);

async function saysWhen(answer: (request: IncomingMessage, response: ServerResponse) => void, waitMs?: number) {
  server.answer = answer;
  const error = await ask(waitMs).catch((thrown: unknown) => thrown);
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

  test('limits the rate of the layers that it reads', async () => {
    const taken: number[] = [];
    const rateCap = { take: async (bytes: number) => void taken.push(bytes) };
    for (const [digest, text] of Object.entries(imageOf('nginx').blobs)) {
      const blob = { digest, size: text.length };
      await registries({ port: server.port, rateCap }).blob('127.0.0.1', IMAGE, blob, () => undefined, signal);
    }
    const sizes = Object.values(imageOf('nginx').blobs).map((text) => text.length);
    expect(taken).toEqual(sizes);
  });

  test('does not read a layer of another size', async () => {
    let sent = 0;
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-length': 2 ** 40 });
      response.write(Buffer.alloc(1024), () => {
        sent += 1024;
      });
    };
    const blob = { digest: `sha256:${'0'.repeat(64)}`, size: 10 };
    const served = await registries({ port: server.port }).blob('127.0.0.1', IMAGE, blob, () => undefined, signal);
    expect(served).toEqual({ size: 2 ** 40, sha256: null });
    expect(sent).toBeLessThanOrEqual(1024);
  });

  test('ends an endless layer without a length as soon as it is too long', async () => {
    server.answer = (_, response) => {
      const more = (): void =>
        void (response.destroyed || response.write(Buffer.alloc(2 ** 16), () => setImmediate(more)));
      more();
    };
    const blob = { digest: `sha256:${'0'.repeat(64)}`, size: 10 };
    const served = await registries({ port: server.port }).blob('127.0.0.1', IMAGE, blob, () => undefined, signal);
    expect(served).toMatchObject({ sha256: null });
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
    ['a cut connection', (request: IncomingMessage) => request.socket.destroy(), /closed the connection/],
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
    expect(await saysWhen(() => undefined, 100)).toMatch(/sent nothing for 0.1 s/);
  });

  test('counts the bytes of a layer that comes without a length', async () => {
    server.answer = (_, response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end('abc');
    const blob = { digest: `sha256:${'0'.repeat(64)}`, size: 10 };
    const served = await registries({ port: server.port }).blob('127.0.0.1', IMAGE, blob, () => undefined, signal);
    expect(served).toEqual({ size: 3, sha256: null });
  });

  test('writes an IPv6 address in brackets', async () => {
    const error = await registries({ port: server.port, waitMs: PATIENCE_MS })
      .manifest('::1', IMAGE, signal)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ where: `http://[::1]:${server.port}` });
  });
});
