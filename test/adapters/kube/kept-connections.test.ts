import { afterAll, beforeAll, expect, test } from 'vitest';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { ApiServer, objectsOf } from '../../fixtures/api-server.ts';

const { signal } = new AbortController();
let server: ApiServer;

beforeAll(async () => {
  server = await ApiServer.start(objectsOf(CLUSTER));
});
afterAll(() => server.close());

test('requests one after the other share a connection', async () => {
  const adapter = kubernetes({ kubeconfigPath: server.kubeconfigPath });
  await adapter.nodes(signal);
  const before = server.connections;
  await adapter.nodes(signal);
  await adapter.endpoints(signal);
  expect(server.connections - before).toBe(0);
});

test('asks again when the server closes a kept connection instead of answering', async () => {
  const adapter = kubernetes({ kubeconfigPath: server.kubeconfigPath });
  await adapter.nodes(signal);
  let closed = 0;
  server.answer = (request) => {
    if (closed > 0) return false;
    closed += 1;
    request.socket.destroy();
    return true;
  };
  const nodes = await adapter.nodes(signal);
  expect([closed, nodes.length]).toEqual([1, CLUSTER.nodes.length]);
});

test('does not ask again when a new connection is closed', async () => {
  await using other = await ApiServer.start({});
  let closed = 0;
  other.answer = (request) => {
    closed += 1;
    request.socket.destroy();
    return true;
  };
  const adapter = kubernetes({ kubeconfigPath: other.kubeconfigPath });
  await expect(adapter.nodes(signal)).rejects.toThrow('did not return the list of nodes');
  expect(closed).toBe(1);
});
