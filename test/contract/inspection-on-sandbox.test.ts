import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootstrapNode } from '../../src/adapters/bootstrap/bootstrap-node.ts';
import { kubernetes } from '../../src/adapters/kube/kube.ts';
import { openTargetDigests } from '../../src/adapters/node/target-digests.ts';
import { targetNodes } from '../../src/adapters/node/target-nodes.ts';
import { registries } from '../../src/adapters/registry/registries.ts';
import { salt } from '../../src/adapters/salt/salt.ts';
import { sshShell } from '../../src/adapters/ssh/run/shell.ts';
import { inspectAll } from '../../src/app/watch/inspect-all.ts';
import { verdictOf } from '../../src/domain/questions/status/cluster-status.ts';
import { judge } from '../../src/domain/questions/status/judge.ts';
import { systemClock as clock } from '../../src/runtime/clock.ts';
import { BOOTSTRAP_FILE, SOLUTIONS_FILE } from '../fixtures/bootstrap-root.ts';
import { PATIENCE_MS } from '../fixtures/patience.ts';
import { nodeOf, type Started, started } from '../sandbox/cluster/started.ts';

const NODES = Array.from({ length: 39 }, (_, at) => `node-${at + 1}`);
const VERSIONS = ['126.0.0', '126.0.1', '127.0.0', '127.0.6', '128.0.1'];
/** 40 nodes, each with a registry of 5 archives; the images of 4 archives are not configured, as the documented procedure leaves it. */
const CLUSTER = `
cluster: { version: 128.0.1 }
archives:
${VERSIONS.map((version) => `  - { kind: metalk8s, version: ${version}, path: /srv/scality/releases/${version}.iso, images: ["pause:3.9"] }`).join('\n')}
nodes:
  - { name: bootstrap, ip: 21, roles: [bootstrap] }
${NODES.map((name, at) => `  - { name: ${name}, ip: ${at + 22}, roles: [node] }`).join('\n')}
registries: [${NODES.map((node, at) => `{ node: ${node}${at === 0 ? ', gap: true' : ''} }`).join(', ')}]
`;
let world: Started;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspection-'));
  world = await started(CLUSTER);
}, PATIENCE_MS * 4);
afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The worker's adapters on the simulated cluster. */
async function stage() {
  const { bootstrapRoot: root, kubeconfigPath } = world.cluster;
  const shell = sshShell({ knownHostsPath: join(folder, 'known_hosts'), root });
  const kube = kubernetes({ kubeconfigPath, limitMs: PATIENCE_MS });
  const digests = await openTargetDigests({ log: () => undefined });
  const surprises: unknown[] = [];
  const ports = {
    kubernetes: kube,
    bootstrap: bootstrapNode({ root, bootstrapFile: BOOTSTRAP_FILE, solutionsFile: SOLUTIONS_FILE }),
    salt: salt({ shell, master: kube, clock }),
    targets: targetNodes({ shell, digests }),
    registries: registries({ port: 8080 }),
    cluster: 'lab',
    now: () => clock.now(),
    onUnexpected: (error: unknown) => void surprises.push(error),
  };
  const close = () => Promise.all([shell.close(), kube.close()]);
  return { inspect: () => inspectAll(ports, new AbortController().signal), surprises, close };
}

const commandsOn = (node: string) => nodeOf(world.cluster, node).commandLog.length;

test(
  'an inspection of 40 nodes with 5 archives sends at most six commands to a node, and knows every ISO after two',
  async () => {
    const { inspect, surprises, close } = await stage();
    try {
      const first = judge(await inspect());
      expect(surprises).toEqual([]);
      expect(Math.max(...NODES.map(commandsOn))).toBeLessThanOrEqual(6);
      expect(first.registries[2]?.unknown).toEqual([expect.stringMatching(/is not compared yet\.$/)]);
      const status = judge(await inspect());
      expect(Math.max(...NODES.map(commandsOn))).toBeLessThanOrEqual(12);
      expect(status.registries.flatMap(({ unknown }) => unknown)).toEqual([]);
      expect(status).toMatchObject({ unknown: [], gaps: [], engines: { all: 40, right: 40 } });
      expect(verdictOf(status)).toBe('incomplete');
      const stale = status.registries.filter((one) => one.stale.length > 0);
      expect(stale.map(({ node }) => node)).toEqual(['node-1']);
      expect(stale[0]?.stale.map(({ is }) => is)).toContain('include-missing');
    } finally {
      await close();
    }
  },
  PATIENCE_MS * 4,
);
