import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { Unreachable } from '../../../src/domain/answers/failure.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { ApiServer, kubeconfigText, mirrorOn, objectsOf } from '../../fixtures/api-server.ts';
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
    expect(await saysOf(asked)).toBe('The kubeconfig /nowhere/admin.conf does not exist.');
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
      metadata: { ...mirrorOn('x'), name: 'repositories-x', labels: {}, deletionTimestamp: '2026-01-01T00:00:00Z' },
      spec: { nodeName: 'x' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const { registries } = await adapter().look(signal);
    expect(registries).toEqual([{ node: 'x', ready: false, version: null, carries: [] }]);
  });

  test('a cordoned node would be called not Ready: static pods run there all the same', async () => {
    const cordoned = {
      metadata: { name: 'node-2', labels: {}, annotations: {} },
      spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        addresses: [{ type: 'InternalIP', address: '10.0.0.3' }],
        nodeInfo: { containerRuntimeVersion: 'containerd://1.6.35', machineID: 'a', systemUUID: 'b' },
      },
    };
    server.objects = { ...server.objects, [NODES]: { items: [cordoned] } };
    const { nodes } = await adapter().look(signal);
    expect(nodes).toMatchObject([{ name: 'node-2', ready: true, ip: '10.0.0.3' }]);
  });

  test('a salt-master pod with only its API ready would be used', async () => {
    withPod('salt-master', {
      metadata: { ...mirrorOn('bootstrap'), name: 'salt-master-bootstrap' },
      spec: { nodeName: 'bootstrap' },
      status: {
        containerStatuses: [
          { name: 'salt-api', ready: true },
          { name: 'salt-master', ready: false },
        ],
      },
    });
    expect((await adapter().look(signal)).saltMaster).toEqual({
      pod: 'salt-master-bootstrap',
      node: 'bootstrap',
      ready: false,
    });
  });

  test('a cluster without any Endpoints object would end the look', async () => {
    const { '/api/v1/namespaces/kube-system/endpoints/repositories': _, ...rest } = server.objects;
    server.objects = rest;
    expect(await adapter().endpoints(signal)).toEqual({ ready: [], notReady: [] });
  });
});

describe('a pod that only carries the label', () => {
  const pods = (app: string) => `/api/v1/namespaces/kube-system/pods?labelSelector=app.kubernetes.io/name=${app}`;
  const status = {
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'salt-master', ready: true }],
  };
  const fakes = (app: string): readonly (readonly [string, unknown])[] => {
    const spec = { nodeName: 'bootstrap' };
    const metadata = { ...mirrorOn('bootstrap'), name: `${app}-bootstrap` };
    return [
      ['another name', { metadata: { ...metadata, name: `${app}-a` }, spec, status }],
      ['no mirror annotation', { metadata: { ...metadata, annotations: {} }, spec, status }],
      ['no owner', { metadata: { ...metadata, ownerReferences: [] }, spec, status }],
      [
        'an owner that is no node',
        { metadata: { ...metadata, ownerReferences: [{ kind: 'Job', name: 'a' }] }, spec, status },
      ],
      ['another node as its owner', { metadata: { ...metadata, ...mirrorOn('node-2') }, spec, status }],
      ['no node', { metadata, spec: {}, status }],
    ];
  };
  const answerWith = (app: string, fake: unknown) => {
    const real = Object(objectsOf(CLUSTER)[pods(app)]).items;
    server.objects = { ...server.objects, [pods(app)]: { items: [fake, ...real] } };
  };

  test.each(fakes('salt-master'))('is not the Salt master: %s', async (_, fake) => {
    answerWith('salt-master', fake);
    expect((await adapter().look(signal)).saltMaster).toEqual(CLUSTER.saltMaster);
    server.objects = { ...server.objects, [pods('salt-master')]: { items: [fake] } };
    expect((await adapter().look(signal)).saltMaster).toBeNull();
  });

  test('is not the Salt master on a node without the bootstrap role', async () => {
    const metadata = { ...mirrorOn('node-2'), name: 'salt-master-node-2' };
    answerWith('salt-master', { metadata, spec: { nodeName: 'node-2' }, status });
    expect((await adapter().look(signal)).saltMaster).toEqual(CLUSTER.saltMaster);
  });

  test('shows a former bootstrap node, unless no node has the role', async () => {
    const metadata = { ...mirrorOn('node-2'), name: 'salt-master-node-2' };
    answerWith('salt-master', { metadata, spec: { nodeName: 'node-2' }, status });
    expect((await adapter().look(signal)).formerBootstraps).toEqual(['node-2']);
    const bare = CLUSTER.nodes.map((node) => ({ ...node, roles: node.roles.filter((role) => role !== 'bootstrap') }));
    server.objects = {
      ...server.objects,
      '/api/v1/nodes': Object(objectsOf({ ...CLUSTER, nodes: bare }))['/api/v1/nodes'],
    };
    expect((await adapter().look(signal)).formerBootstraps).toBeUndefined();
  });

  test.each(fakes('repositories'))('is not a registry: %s', async (_, fake) => {
    answerWith('repositories', fake);
    expect((await adapter().look(signal)).registries).toEqual(CLUSTER.registries);
  });
});
