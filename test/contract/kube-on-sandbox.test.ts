import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapNode } from '../../src/adapters/bootstrap/bootstrap-node.ts';
import { kubernetes } from '../../src/adapters/kube/kube.ts';
import { registries } from '../../src/adapters/registry/registries.ts';
import { salt } from '../../src/adapters/salt/salt.ts';
import { Failure, Unreachable } from '../../src/domain/answers/failure.ts';
import type { Archive } from '../../src/domain/cluster/archive.ts';
import type { SaltJob } from '../../src/domain/cluster/salt.ts';
import { type Command, command, render } from '../../src/domain/node-commands/command.ts';
import {
  arm,
  asideManifest,
  disarm,
  LOOK_AT_SWITCH,
  pull,
  restore,
  switchIn,
  takeAside,
} from '../../src/domain/node-commands/drill-commands.ts';
import { exit } from '../../src/domain/node-commands/ended.ts';
import type { Salt } from '../../src/ports/salt.ts';
import { FakeShell } from '../fakes/fake-shell.ts';
import { BOOTSTRAP_FILE, SOLUTIONS_FILE } from '../fixtures/bootstrap-root.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { nodeOf, type Started, started } from '../sandbox/cluster/started.ts';

const { signal } = new AbortController();
const NODES = ['bootstrap', 'node-1', 'node-2', 'node-3'];
const ARCHIVES = ['example-solution-0.1.0', 'metalk8s-127.0.6', 'metalk8s-128.0.1'];
const clock = {
  now: () => new Date(),
  steadyMs: () => performance.now(),
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(ms, 50))),
};
let world: Started;
let kube: ReturnType<typeof kubernetes>;

beforeAll(async () => {
  world = await started();
  kube = kubernetes({ kubeconfigPath: world.cluster.kubeconfigPath, limitMs: PATIENCE_MS });
});
afterAll(async () => {
  await kube.close();
  await world[Symbol.asyncDispose]();
});

const ip = (node: string) => nodeOf(world.cluster, node).ip;
const salty = () => salt({ shell: new FakeShell(), master: kube, clock });

/** The job with all its answers; ignores failed checks while containerd restarts. */
async function finished(jid: string, through: Salt): Promise<SaltJob> {
  for (let look = 0; look < 400; look += 1) {
    const job = await through.job(jid, signal).catch((error: unknown) => {
      if (error instanceof Failure) return null;
      throw error;
    });
    if (job !== null && Object.keys(job.returns).length === NODES.length) return job;
    await clock.sleep(50);
  }
  throw new Error('the job did not end');
}

describe('the adapters on the simulated cluster', () => {
  test('read nodes, the registry and SSH access', async () => {
    const facts = await kube.look(signal);
    expect(facts.nodes.map((node) => node.name)).toEqual(NODES);
    expect(facts.nodes[2]?.access).toMatchObject({ host: ip('node-2'), port: 2222, user: 'centos', sudo: true });
    expect(facts.nodes[3]?.access).toMatchObject({ user: 'root', sudo: false });
    expect(facts).toMatchObject({
      clusterVersion: '128.0.1',
      endpoints: { ready: [ip('bootstrap')], notReady: [] },
      registries: [{ node: 'bootstrap', ready: true, version: '128.0.1', carries: ARCHIVES }],
      saltMaster: { pod: 'salt-master-bootstrap', node: 'bootstrap', ready: true },
      nativeRegistry: false,
    });
  });

  test('explain an unreachable API', async () => {
    await world.cluster.fault('kube-down', []);
    const away = (error: unknown) => error instanceof Unreachable && error.fault === 'kubernetes';
    await expect(kube.look(signal)).rejects.toSatisfy(away);
    await world.cluster.clearFault('kube-down');
    await expect(kube.endpoints(signal)).resolves.toMatchObject({ ready: [ip('bootstrap')] });
  });

  test('arm and undo a drill on the bootstrap node through Salt, where each command is what the node runs', async () => {
    const aside = asideManifest('lab-abc234');
    const run = async (line: Command) => (await salty().run('bootstrap', line, signal)).ended;
    const looks = async () => switchIn((await salty().run('bootstrap', LOOK_AT_SWITCH, signal)).stdout);
    const idle = { armed: null, hasUnits: false, hasManifest: true, aside: [] };
    expect(await looks()).toEqual(idle);
    expect(await run(takeAside(aside))).toEqual(exit(1));
    expect(await run(arm(aside, 3_000))).toEqual(exit(0));
    expect(await looks()).toMatchObject({ armed: { aside }, hasManifest: true });
    expect(await run(takeAside(aside))).toEqual(exit(0));
    expect(await looks()).toMatchObject({ armed: { aside }, hasManifest: false, aside: [aside] });
    expect(await run(disarm(aside))).toEqual(exit(1));
    expect(await run(restore(aside))).toEqual(exit(0));
    expect(await run(disarm(aside))).toEqual(exit(0));
    expect(await looks()).toEqual(idle);
    const registryIsBack = async () => (await kube.endpoints(signal)).ready.includes(ip('bootstrap'));
    while (!(await registryIsBack())) await clock.sleep(50);
  });

  test.each([
    ['lines', 'echo a\necho b'],
    ['a comment', '# a: b\necho c'],
    ['a mapping', 'echo a: b'],
    ['quotes and backslashes', `echo "it's" \\n # \\u0023`],
  ])('pass a command on as it is, although Salt reads its words as YAML: %s', async (_, script) => {
    const line = command('sh', '-c', script);
    expect((await salty().run('node-1', line, signal)).ended).toEqual(exit(127));
    expect(nodeOf(world.cluster, 'node-1').commandLog.at(-1)?.line).toBe(render(line));
  });

  test('run a plain command on a node, and know nothing of it while the minion is down', async () => {
    const image = 'metalk8s-registry-from-config.invalid/metalk8s-128.0.1/pause:3.9';
    expect((await salty().run('node-1', pull(image), signal)).ended).toEqual(exit(0));
    const failed = await salty().run('node-1', pull(`${image}9`), signal);
    expect(failed).toMatchObject({ ended: exit(1), stderr: expect.stringContaining('failed to resolve reference') });
    await world.cluster.fault('minion-down', ['node-1']);
    expect((await salty().run('node-1', pull(image), signal)).ended).toMatchObject({ is: 'unknown' });
    await world.cluster.clearFault('minion-down');
    await world.cluster.fault('crictl-missing', ['node-1']);
    expect((await salty().run('node-1', pull(image), signal)).ended).toEqual(exit(127));
    await world.cluster.clearFault('crictl-missing');
  });

  test('read the answers of minions', async () => {
    expect(await salty().answering(NODES, signal)).toEqual(NODES);
    expect(await salty().stateRuns(NODES, signal)).toEqual({ answered: NODES, runs: [] });
    expect(await salty().engines(NODES, signal)).toEqual(
      NODES.map((node) => ({ node, is: 'known', endpoints: [`http://${ip('bootstrap')}:8080`] })),
    );
  });

  test('follow a job that cuts its own session', async () => {
    const engines = ['metalk8s.container-engine', 'saltenv=metalk8s-128.0.1'];
    const jid = await salty().start(command('salt', '--async', '-L', NODES.join(','), 'state.sls', ...engines), signal);
    const { targeted, returns, known } = await finished(jid, salty());
    expect(known).toBe(true);
    expect([...targeted].sort()).toEqual(NODES);
    expect(NODES.map((node) => returns[node]?.is)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('find a job whose start timed out, and which the master published afterwards', async () => {
    await world.cluster.fault('salt-async-late', []);
    const states = ['metalk8s.container-engine', 'saltenv=metalk8s-128.0.1'];
    const jid = await salty().start(command('salt', '--async', '-L', NODES.join(','), 'state.sls', ...states), signal);
    const { returns } = await finished(jid, salty());
    expect(NODES.map((node) => returns[node]?.is)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  test('read archives, and find their images at the registry', async () => {
    const { bootstrapRoot: root } = world.cluster;
    const bootstrap = bootstrapNode({ root, bootstrapFile: BOOTSTRAP_FILE, solutionsFile: SOLUTIONS_FILE });
    const facts = await bootstrap.look(signal);
    expect(facts).toMatchObject({ bootstrapFile: { is: 'good' }, solutionsFile: { is: 'good' }, mountedUnlisted: [] });
    const archives = facts.archives.flatMap((one) => (one.is === 'sound' ? [one.archive] : []));
    expect(archives.map((one) => one.id).sort()).toEqual(ARCHIVES);
    for (const archive of archives) await expectServed(archive);
  });
});

async function expectServed({ images }: Archive): Promise<void> {
  const served = registries({ port: 8080 });
  expect(images.length).toBeGreaterThan(0);
  for (const image of images) {
    const manifest = await served.manifest(ip('bootstrap'), image, signal);
    expect(manifest?.sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const blob of manifest?.blobs ?? []) {
      const { digest, size } = blob;
      const answer = await served.blob(ip('bootstrap'), image, blob, () => undefined, signal);
      expect(answer).toEqual({ size, sha256: digest.slice('sha256:'.length) });
    }
  }
}
