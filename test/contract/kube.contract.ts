import { expect, test } from 'vitest';
import { Unreachable } from '../../src/domain/answers/failure.ts';
import type { KubeFacts } from '../../src/domain/cluster/facts.ts';
import type { Kubernetes } from '../../src/ports/cluster.ts';

/** A cluster whose API returns these facts, which can change; the API can go down. */
export interface KubernetesStage {
  readonly kubernetes: Kubernetes;
  change(facts: KubeFacts): Promise<void>;
  goDown(): Promise<void>;
  close(): Promise<void>;
}

const access = {
  host: '10.200.3.13',
  port: 2222,
  user: 'centos',
  keyPath: '/etc/metalk8s/pki/salt-bootstrap',
  sudo: true,
};

/** A cluster as in the documentation: a registry on the bootstrap node, and a second registry that is not ready. */
export const CLUSTER: KubeFacts = {
  nodes: [
    {
      name: 'bootstrap',
      ip: '10.200.3.11',
      ready: true,
      roles: ['bootstrap', 'etcd', 'infra', 'master'],
      version: '128.0.1',
      containerRuntime: 'containerd://1.6.35',
      machine: { id: 'a'.repeat(32), uuid: '4c4c4544-0036-4a10-8051-b4c04f4d4e31' },
      access: { node: 'bootstrap', ...access, host: '10.200.3.11', port: 22, user: 'root', sudo: false },
    },
    {
      name: 'node-2',
      ip: '10.200.3.13',
      ready: false,
      roles: ['node'],
      version: null,
      containerRuntime: 'containerd://1.6.35',
      machine: { id: null, uuid: null },
      access: { node: 'node-2', ...access },
    },
  ],
  clusterVersion: '128.0.1',
  endpoints: { ready: ['10.200.3.11'], notReady: ['10.200.3.13'] },
  registries: [
    { node: 'bootstrap', ready: true, version: '128.0.1', carries: ['example-solution-0.1.0', 'metalk8s-128.0.1'] },
    { node: 'node-2', ready: false, version: '127.0.6', carries: ['metalk8s-127.0.6'] },
  ],
  saltMaster: { pod: 'salt-master-bootstrap', node: 'bootstrap', ready: true },
  nativeRegistry: false,
};

const { signal } = new AbortController();

/** The contract of Kubernetes. */
export function kubernetesContract(stageFor: (facts: KubeFacts) => Promise<KubernetesStage>): void {
  const on = async (facts: KubeFacts, act: (stage: KubernetesStage) => Promise<void>) => {
    const stage = await stageFor(facts);
    try {
      await act(stage);
    } finally {
      await stage.close();
    }
  };

  test('returns the facts of the cluster', () =>
    on(CLUSTER, async ({ kubernetes }) => {
      expect(await kubernetes.look(signal)).toEqual(CLUSTER);
    }));

  test('detects a native registry operator', () =>
    on({ ...CLUSTER, nativeRegistry: true }, async ({ kubernetes }) => {
      expect((await kubernetes.look(signal)).nativeRegistry).toBe(true);
    }));

  test('sees a new registry become ready', () =>
    on(CLUSTER, async ({ kubernetes, change }) => {
      expect(await kubernetes.endpoints(signal)).toEqual({ ready: ['10.200.3.11'], notReady: ['10.200.3.13'] });
      await change({ ...CLUSTER, endpoints: { ready: ['10.200.3.11', '10.200.3.13'], notReady: [] } });
      expect(await kubernetes.endpoints(signal)).toEqual({ ready: ['10.200.3.11', '10.200.3.13'], notReady: [] });
    }));

  test('reports a missing salt-master pod', () =>
    on({ ...CLUSTER, saltMaster: null }, async ({ kubernetes }) => {
      expect((await kubernetes.look(signal)).saltMaster).toBeNull();
    }));

  test('throws Unreachable when the API is down', () =>
    on(CLUSTER, async ({ kubernetes, goDown }) => {
      await goDown();
      for (const ask of [() => kubernetes.look(signal), () => kubernetes.endpoints(signal)]) {
        await expect(ask()).rejects.toSatisfy((e) => e instanceof Unreachable && e.fault === 'kubernetes');
      }
    }));

  test('can be aborted', () =>
    on(CLUSTER, async ({ kubernetes }) => {
      const reason = new Error('stopped');
      await expect(kubernetes.look(AbortSignal.abort(reason))).rejects.toBe(reason);
    }));
}
