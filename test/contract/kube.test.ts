import { describe } from 'vitest';
import { kubernetes } from '../../src/adapters/kube/kube.ts';
import { FakeKubernetes } from '../fakes/fake-kube.ts';
import { ApiServer, objectsOf } from '../fixtures/api-server.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { kubernetesContract } from './kube.contract.ts';

describe('the fake Kubernetes', () => {
  kubernetesContract(async (facts) => {
    const fake = new FakeKubernetes(facts);
    return {
      kubernetes: fake,
      async change(next) {
        fake.facts = next;
      },
      async goDown() {
        fake.down = true;
      },
      close: async () => undefined,
    };
  });
});

describe('Kubernetes over HTTPS', () => {
  kubernetesContract(async (facts) => {
    const server = await ApiServer.start(objectsOf(facts));
    const adapter = kubernetes({ kubeconfigPath: server.kubeconfigPath, limitMs: PATIENCE_MS });
    return {
      kubernetes: adapter,
      async change(next) {
        server.objects = objectsOf(next);
      },
      goDown: () => server.stop(),
      async close() {
        await adapter.close();
        await server.close();
      },
    };
  });
});
