import type { Archive } from '../../src/domain/cluster/archive.ts';
import type { Facts, NodeFacts, OpenTarget } from '../../src/domain/cluster/facts.ts';
import type { IntentOf } from '../../src/domain/plan/intent.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { current, emptyTarget, facts, machineAt, node } from '../fixtures/facts.ts';
import { planFrom } from './card-events.ts';

/** The largest realistic plan, in the planner's own words and with long names. */
export function largePlan(
  nodeCount: number,
  archiveCount: number,
  nameLength = 0,
): { intent: IntentOf<'add'>; plan: Plan } {
  const names = Array.from({ length: nodeCount }, (_, n) =>
    `storage-node-${n + 1}.region-west.example`.padEnd(nameLength, 'x'),
  );
  const archives = Array.from({ length: archiveCount }, (_, n) => manyArchives(n));
  const intent: IntentOf<'add'> = { verb: 'add', cluster: 'lab', nodes: names };
  return { intent, plan: planFrom(intent, largeFacts(names, archives)) };
}

function manyArchives(n: number): Archive {
  if (n === 0) return current;
  const id = `example-solution-with-a-long-name-${n}.0.0`;
  return { ...current, id, kind: 'solution', version: `${n}.0.0`, path: `/srv/scality/releases/${id}.iso` };
}

function largeFacts(names: readonly string[], archives: readonly Archive[]): Facts {
  const small = facts();
  const nodes = [...small.kube.nodes, ...names.map(largeNode)];
  const carries = archives.map(({ id }) => id);
  return {
    ...small,
    kube: { ...small.kube, nodes, registries: small.kube.registries.map((registry) => ({ ...registry, carries })) },
    bootstrap: { ...small.bootstrap, archives: archives.map((archive) => ({ is: 'sound', archive })) },
    salt: { ...small.salt, answered: nodes.map(({ name }) => name) },
    targets: names.map((name, n) => largeTarget(name, n, archives)),
    engines: nodes.map(({ name }) => ({ node: name, is: 'known', endpoints: ['http://10.200.3.11:8080'] })),
    served: carries.map((archive) => ({ node: 'bootstrap', archive, expected: 2, missing: [] })),
  };
}

function largeNode(name: string, n: number): NodeFacts {
  const plain = node(name, 100 + n, ['node']);
  return { ...plain, access: { ...plain.access, sudo: true } };
}

function largeTarget(name: string, n: number, archives: readonly Archive[]): OpenTarget {
  const target = emptyTarget('node-2');
  const paths = archives.map(({ path }) => path);
  return {
    ...target,
    node: name,
    machine: machineAt(name, largeNode(name, n).ip ?? ''),
    hostKey: { ...target.hostKey, fingerprint: `SHA256:${name.padEnd(43, 'x').slice(0, 43)}` },
    files: paths.map((path) => ({ path, is: 'absent', size: 0, mounted: false })),
    space: [{ mountpoint: '/srv', available: 500_000_000_000, paths }],
  };
}
