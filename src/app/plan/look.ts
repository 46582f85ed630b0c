import { Unreachable } from '../../domain/answers/failure.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import { type Archive, imageName } from '../../domain/cluster/archive.ts';
import type { Facts, KubeFacts, NodeFacts, ServedFacts, TargetFacts } from '../../domain/cluster/facts.ts';
import { REGISTRY_PORT } from '../../domain/cluster/registry.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import { soundArchives } from '../../domain/guards/archives.ts';
import { clusterRefusal } from '../../domain/guards/guards.ts';
import { scriptsRefusal } from '../../domain/guards/scripts.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import type { TargetSearch } from '../../domain/verbs/verb.ts';
import type { BootstrapNode, Kubernetes, Registries } from '../../ports/cluster.ts';
import type { TargetNodes } from '../../ports/nodes.ts';
import type { Salt } from '../../ports/salt.ts';
import { missingImages } from '../../steps/world/served-images.ts';

/** What a look at the cluster needs. */
export interface LookPorts {
  readonly kubernetes: Kubernetes;
  readonly bootstrap: BootstrapNode;
  readonly salt: Salt;
  readonly targets: TargetNodes;
  readonly registries: Registries;
}

/**
 * Looks at the whole cluster and changes nothing. Kubernetes comes first: what it alone can refuse costs nothing else.
 * `ownJobs` are jobs that the change itself has started, so they do not stand in its way. Throws Unreachable.
 */
export async function look(
  intent: Intent,
  ports: LookPorts,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
  search: TargetSearch | null,
): Promise<Facts | Refusal> {
  const kube = await ports.kubernetes.look(signal);
  const refusal = clusterRefusal(intent, kube) ?? scriptsRefusal(await ports.bootstrap.scripts(signal));
  if (refusal !== null) return refusal;
  const [bootstrap, salt] = await Promise.all([
    ports.bootstrap.look(signal),
    lookAtSalt(kube, ports.salt, ownJobs, signal),
  ]);
  const archives = soundArchives(bootstrap.archives);
  const [targets, engines, served] = await Promise.all([
    lookAtTargets(intent, kube, search ?? { archives: wanted(archives) }, ports.targets, signal),
    lookAtEngines(kube, salt, ports.salt, signal),
    lookAtRegistries(kube, archives, ports.registries, signal),
  ]);
  return { cluster: intent.cluster, kube, bootstrap, salt, targets, engines, served };
}

async function lookAtSalt(
  kube: KubeFacts,
  salt: Salt,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
): Promise<Facts['salt']> {
  const answered = await salt.answering(namesOf(kube), signal);
  if (answered === null) return { masterAnswers: false, answered: [], jobs: [] };
  const jobs = await salt.stateRuns(signal);
  return { masterAnswers: true, answered, jobs: jobs.filter(({ jid }) => !ownJobs.includes(jid)) };
}

const namesOf = (kube: KubeFacts): readonly string[] => kube.nodes.map(({ name }) => name);

async function lookAtEngines(
  kube: KubeFacts,
  seen: Facts['salt'],
  salt: Salt,
  signal: AbortSignal,
): Promise<Facts['engines']> {
  const everybodyAnswers = namesOf(kube).every((name) => seen.answered.includes(name));
  return everybodyAnswers ? await salt.engines(namesOf(kube), signal) : [];
}

const wanted = (archives: readonly Archive[]) => archives.map(({ path, size, sha256 }) => ({ path, size, sha256 }));

async function lookAtTargets(
  { nodes }: Intent,
  kube: KubeFacts,
  search: Partial<TargetSearch> & Pick<TargetSearch, 'archives'>,
  targets: TargetNodes,
  signal: AbortSignal,
): Promise<readonly TargetFacts[]> {
  const known = kube.nodes.filter(({ name }) => nodes.includes(name));
  return await Promise.all(
    known.map((node) =>
      targets.look(node.access, { ...search, registryAddress: `${node.ip}:${REGISTRY_PORT}` }, signal),
    ),
  );
}

/** What the registries that are there serve: the bootstrap's, and every other one's. */
async function lookAtRegistries(
  kube: KubeFacts,
  archives: readonly Archive[],
  registries: Registries,
  signal: AbortSignal,
): Promise<readonly ServedFacts[]> {
  const nodes = kube.nodes.filter(({ name, ip }) => ip !== null && kube.registries.some(({ node }) => node === name));
  const served = await Promise.all(
    nodes.flatMap((node) => archives.map((archive) => servedBy(node, archive, registries, signal))),
  );
  return served;
}

async function servedBy(
  node: NodeFacts,
  archive: Archive,
  registries: Registries,
  signal: AbortSignal,
): Promise<ServedFacts> {
  const facts = { node: node.name, archive: archive.id, expected: archive.images.length };
  try {
    return { ...facts, missing: await missingImages(registries, node.ip ?? '', archive, signal) };
  } catch (error) {
    if (error instanceof Unreachable) return { ...facts, missing: archive.images.map(imageName) };
    throw error;
  }
}
