import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubernetes } from '../../../src/adapters/kube/kube.ts';
import { CLUSTER } from '../../contract/kube.contract.ts';
import { ApiServer, objectsOf } from '../../fixtures/api-server.ts';
import { PATIENCE_MS } from '../../fixtures/patience.ts';

const { signal } = new AbortController();
let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start(objectsOf(CLUSTER));
});
afterAll(() => server.close());

const look = () => kubernetes({ kubeconfigPath: server.kubeconfigPath, limitMs: PATIENCE_MS }).look(signal);

describe('an API that lies', () => {
  it.each(['a,b', '*', 'node-2;reboot', 'a\nb', '-L', ''])('cannot put %j as a node into a command', async (name) => {
    server.objects = { ...objectsOf(CLUSTER), '/api/v1/nodes': { items: [{ metadata: { name } }] } };
    await expect(look()).rejects.toMatchObject({ says: expect.stringContaining('items[0].metadata.name') });
  });

  it('cannot cause fifty thousand requests', async () => {
    const versions = Array.from({ length: 50_000 }, (_, n) => ({ groupVersion: `metalk8s.scality.com/v${n}` }));
    server.objects = { ...objectsOf(CLUSTER), '/apis/metalk8s.scality.com': { versions } };
    server.seen.length = 0;
    await expect(look()).rejects.toMatchObject({ says: expect.stringContaining('versions') });
    expect(server.seen.length).toBeLessThan(20);
  });
});
