import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { ApiServer, kubeconfigText, objectsOf } from '../../fixtures/api-server.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';

const { signal } = new AbortController();
const NODES = '/api/v1/nodes';
let server: ApiServer;

beforeAll(async () => {
  server = await ApiServer.start(objectsOf(CLUSTER));
});
afterEach(() => {
  server.answer = null;
  server.objects = objectsOf(CLUSTER);
});
afterAll(() => server.close());

const adapter = (limitMs = PATIENCE_MS) => kubernetes({ kubeconfigPath: server.kubeconfigPath, limitMs });

async function saysOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => new Error('it worked'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Unreachable && error.fault === 'kubernetes') return error.says;
  throw error;
}

const answering = (status: number, body = 'internal words with a token') =>
  saysOf(
    (async () => {
      server.answer = (_, response) => Boolean(response.writeHead(status).end(body));
      return await adapter().look(signal);
    })(),
  );

describe('the error of an API that fails', () => {
  test.each([
    [401, /rejected the credentials/],
    [403, /denied permission/],
    [429, /reported a rate limit/],
    [503, /failed with status 503/],
    [302, /status 302/],
  ])('explains status %i without the raw answer', async (status, words) => {
    const says = await answering(status);
    expect(says).toMatch(words);
    expect(says).not.toContain('internal words');
  });

  test('rejects the HTML page of a proxy', async () => {
    expect(await answering(200, '<html>log in</html>')).toMatch(/not JSON/);
  });

  test('names the field of a wrong answer', async () => {
    server.objects = { ...server.objects, [NODES]: { items: [{ metadata: {} }] } };
    expect(await saysOf(adapter().look(signal))).toMatch(
      /the list of nodes does not match the Kubernetes API.*metadata\.name/,
    );
  });

  test('times out when the API accepts the connection and stays silent', async () => {
    server.answer = () => true;
    expect(await saysOf(adapter(100).look(signal))).toMatch(/no answer within 100 ms/);
  });

  test('tells a closed port from an untrusted certificate', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await new Promise((resolve) => silent.close(resolve));
    const path = `${server.kubeconfigPath}.other`;
    await writeFile(path, kubeconfigText(`https://127.0.0.1:${port}`, ''));
    expect(await saysOf(kubernetes({ kubeconfigPath: path }).look(signal))).toMatch(/connection refused/);
    const stranger = await ApiServer.start({});
    await writeFile(path, kubeconfigText(server.url, await caOf(stranger)));
    expect(await saysOf(kubernetes({ kubeconfigPath: path }).look(signal))).toMatch(
      /does not trust the issuer|the connection failed/,
    );
    await stranger.close();
  });

  test('reports a missing kubeconfig', async () => {
    const asked = kubernetes({ kubeconfigPath: '/nowhere/admin.conf' }).look(signal);
    expect(await saysOf(asked)).toBe('The kubeconfig /nowhere/admin.conf cannot be read.');
  });

  test('ends requests when the worker closes the connection', async () => {
    server.answer = () => true;
    const open = adapter();
    const asked = open.look(signal);
    await open.close();
    await expect(asked).rejects.toThrow('was closed');
    await expect(open.look(signal)).rejects.toThrow('was closed');
  });
});

async function caOf(other: ApiServer): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const config = JSON.parse(await readFile(other.kubeconfigPath, 'utf8'));
  return Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64').toString();
}

describe('what is easily read wrong', () => {
  const withPod = (name: string, pod: unknown) => {
    const path = `/api/v1/namespaces/kube-system/pods?labelSelector=app.kubernetes.io/name=${name}`;
    server.objects = { ...server.objects, [path]: { items: [pod] } };
  };

  test('a pod that is being deleted would count as a registry that works', async () => {
    withPod('repositories', {
      metadata: { name: 'repositories-x', labels: {}, deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { nodeName: 'x' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const { registries } = await adapter().look(signal);
    expect(registries).toEqual([{ node: 'x', ready: false, version: null, carries: [] }]);
  });

  test('a salt-master pod with only its API ready would be used', async () => {
    withPod('salt-master', {
      metadata: { name: 'salt-master-x' },
      spec: { nodeName: 'x' },
      status: {
        containerStatuses: [
          { name: 'salt-api', ready: true },
          { name: 'salt-master', ready: false },
        ],
      },
    });
    expect((await adapter().look(signal)).saltMaster).toEqual({ pod: 'salt-master-x', node: 'x', ready: false });
  });

  test('a cluster without any Endpoints object would end the look', async () => {
    const { '/api/v1/namespaces/kube-system/endpoints/repositories': _, ...rest } = server.objects;
    server.objects = rest;
    expect(await adapter().endpoints(signal)).toEqual({ ready: [], notReady: [] });
  });
});
