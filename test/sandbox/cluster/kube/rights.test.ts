import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { dump, loadAll } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Kubernetes, startKubernetes } from '../../../../sandbox/cluster/kube/kube-api.ts';
import { kubernetes } from '../../../../src/adapters/kube/kube.ts';
import { Unreachable } from '../../../../src/domain/answers/failure.ts';
import { command } from '../../../../src/domain/node-commands/command.ts';
import { exit } from '../../../../src/domain/node-commands/ended.ts';
import { PATIENCE_MS } from '../../../fixtures/patience.ts';
import { type StandIn, standIn } from '../acts-stand-in.ts';
import { exec } from './exec-client.ts';

const MANIFEST = join(import.meta.dirname, '../../../../deploy/registry-ha-worker-rbac.yaml');
const roleSchema = z.looseObject({
  kind: z.string(),
  rules: z.array(z.looseObject({ resources: z.array(z.string()), verbs: z.array(z.string()) })).optional(),
});
const documents = loadAll(await readFile(MANIFEST, 'utf8')).map((one) => roleSchema.parse(one));
/** Each right of the manifest, separately. */
const RIGHTS = documents.flatMap(({ kind, rules = [] }) =>
  rules.flatMap(({ resources, verbs }) => verbs.map((verb) => ({ kind, resource: resources.join(), verb }))),
);

const { signal } = new AbortController();
let cluster: StandIn;
let kube: Kubernetes;
beforeEach(async () => {
  cluster = await standIn();
});
afterEach(async () => {
  await kube.close();
  await cluster.close();
});

/** Every request that a worker makes to Kubernetes. */
async function workersCalls(): Promise<void> {
  const adapter = kubernetes({ kubeconfigPath: kube.workerConfigPath, limitMs: PATIENCE_MS });
  try {
    await adapter.look(signal);
    await adapter.endpoints(signal);
    const { ended } = await adapter.run(command('salt-run', 'jobs.active', '--out=json'), {
      signal,
      limitMs: PATIENCE_MS,
    });
    expect(ended).toEqual(exit(0));
  } finally {
    await adapter.close();
  }
}

describe('the service account of deploy/registry-ha-worker-rbac.yaml', () => {
  test('allows everything that the worker does', async () => {
    kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
    await workersCalls();
  });

  test('is told its rights by reviews: what the rules allow, and nothing else, also to a user without any right', async () => {
    kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
    const adapter = kubernetes({ kubeconfigPath: kube.workerConfigPath, limitMs: PATIENCE_MS });
    const namespace = 'kube-system';
    const exec = { verb: 'create', resource: 'pods/exec', namespace };
    const asked = [
      { verb: 'list', resource: 'nodes' },
      { ...exec, name: `salt-master-${cluster.world.bootstrap.name}` },
      { ...exec, name: 'etcd-bootstrap' },
      { verb: 'get', resource: 'secrets', namespace, name: 'any' },
    ];
    const answers = await Promise.all(asked.map((right) => adapter.may(right, signal)));
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false, false]);
    expect(answers.every(({ serverMs }) => serverMs !== null)).toBe(true);
    await adapter.close();
    const stranger = kubernetes({ kubeconfigPath: join(cluster.folder, 'viewer.conf'), limitMs: PATIENCE_MS });
    expect((await stranger.may({ verb: 'list', resource: 'nodes' }, signal)).allowed).toBe(false);
    await stranger.close();
  });

  test.each(RIGHTS)(
    'grants only necessary rights: without $verb $resource the worker fails with an explanation',
    async (right) => {
      const rightsPath = join(cluster.folder, 'fewer-rights.yaml');
      const fewer = documents.map((one) => ({
        ...one,
        ...(one.rules === undefined
          ? {}
          : {
              rules: one.rules.map((rule) =>
                one.kind === right.kind && rule.resources.join() === right.resource
                  ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== right.verb) }
                  : rule,
              ),
            }),
      }));
      await writeFile(rightsPath, fewer.map((one) => dump(one)).join('---\n'));
      kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder, rightsPath });
      const failed = await workersCalls().catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(Unreachable);
      expect(String(failed)).toContain('denied permission to the user in the kubeconfig');
    },
  );

  test('denies Secrets, workloads and other pods to a stolen kubeconfig', async () => {
    kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
    const config = new KubeConfig();
    config.loadFromFile(kube.workerConfigPath);
    const core = config.makeApiClient(CoreV1Api);
    const [namespace, name] = ['kube-system', 'salt-master-bootstrap'];
    const forbidden = [
      core.listSecretForAllNamespaces(),
      core.listNamespacedSecret({ namespace }),
      core.readNamespacedSecret({ namespace, name: 'registry-ha-worker' }),
      core.listNamespacedConfigMap({ namespace }),
      core.listNamespacedPod({ namespace: 'default' }),
      core.listPodForAllNamespaces(),
      core.deleteNamespacedPod({ namespace, name }),
      core.createNamespacedPod({ namespace, body: {} }),
      core.readNamespacedPodLog({ namespace, name }),
      core.readNamespacedEndpoints({ namespace, name: 'other' }),
      core.readNamespace({ name: 'default' }),
      core.readNode({ name: 'bootstrap' }),
      core.deleteNode({ name: 'node-2' }),
      core.createNamespacedServiceAccountToken({ namespace, name: 'default', body: { spec: { audiences: [] } } }),
    ];
    const codes = await Promise.allSettled(forbidden);
    expect(codes.map((one) => (one.status === 'rejected' ? one.reason.code : 'let in'))).toEqual(
      forbidden.map(() => 403),
    );
    await expect(exec(kube.workerConfigPath, ['id'], { pod: 'repositories-bootstrap' })).rejects.toMatchObject({
      message: expect.stringContaining('403'),
    });
  });

  test('rejects an unknown token', async () => {
    kube = await startKubernetes(cluster.world, cluster.acts, { folder: cluster.folder });
    const text = (await readFile(kube.workerConfigPath, 'utf8')).replace(/token: .*/, 'token: made-up');
    await writeFile(kube.workerConfigPath, text);
    await expect(workersCalls()).rejects.toThrow('rejected the credentials in the kubeconfig');
  });
});
