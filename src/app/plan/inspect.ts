import { Unreachable } from '../../domain/answers/failure.ts';
import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import { type Archive, imageName } from '../../domain/cluster/archive.ts';
import type { Facts, KubeFacts, NodeFacts, ServedFacts, TargetFacts } from '../../domain/cluster/facts.ts';
import { REGISTRY_PORT, type SwitchFacts } from '../../domain/cluster/registry.ts';
import type { Jid } from '../../domain/cluster/salt.ts';
import type { TargetQuery, WantedFile } from '../../domain/cluster/target-query.ts';
import { soundArchives } from '../../domain/guards/archives.ts';
import { clusterRefusal } from '../../domain/guards/guards.ts';
import { scriptsRefusal } from '../../domain/guards/scripts.ts';
import type { Intent } from '../../domain/plan/intent.ts';
import type { TargetSearch } from '../../domain/verbs/verb.ts';
import type { BootstrapNode, Kubernetes, Registries } from '../../ports/cluster.ts';
import type { TargetNodes } from '../../ports/nodes.ts';
import type { Salt } from '../../ports/salt.ts';
import { lookAtSwitch } from '../../steps/world/drill-switch.ts';
import { missingImages } from '../../steps/world/served-images.ts';
import { lookAtSalt, NO_SALT } from './look-at-salt.ts';

/** The ports of an inspection. */
export interface InspectionPorts {
  readonly kubernetes: Kubernetes;
  readonly bootstrap: BootstrapNode;
  readonly salt: Salt;
  readonly targets: TargetNodes;
  readonly registries: Registries;
}

/** Inspects the cluster, Kubernetes first, as it may refuse alone, and says which nodes are meant (`settle`). `ownJobs`, the Salt jobs of this change, do not block. Throws Unreachable. */
export async function inspect(
  asked: Intent,
  settle: (intent: Intent, kube: KubeFacts) => Intent | Refusal,
  ports: InspectionPorts,
  ownJobs: readonly Jid[],
  signal: AbortSignal,
  search: TargetSearch,
): Promise<Facts | Refusal> {
  const kube = await ports.kubernetes.look(signal);
  const settled = settle(asked, kube);
  const intent = isRefusal(settled) ? asked : settled;
  const refusal = clusterRefusal(intent, kube, search.reach) ?? scriptsRefusal(await ports.bootstrap.scripts(signal));
  if (refusal !== null) return refusal;
  if (isRefusal(settled)) return settled;
  const { drillSwitch, reach, ...query } = search;
  const onNodes = async () => {
    const bootstrap = await ports.bootstrap.look(signal);
    const archives = soundArchives(bootstrap.archives);
    const [targets, served] = await Promise.all([
      lookAtTargets(intent, kube, { archives: archives.map(wanted), ...query }, ports.targets, signal),
      reach === 'files' ? [] : lookAtRegistries(kube, archives, ports.registries, signal),
    ]);
    return { bootstrap, targets, served };
  };
  const [{ bootstrap, targets, served }, { salt, engines }] = await Promise.all([
    onNodes(),
    // No guard of a change to files reads it. Salt takes longest of all.
    reach === 'files' ? NO_SALT : lookAtSalt(namesOf(kube), ports.salt, ownJobs, signal),
  ]);
  const facts = { cluster: intent.cluster, kube, bootstrap, salt, targets, engines, served };
  const away = drillSwitch === true ? await lookAtDrill(kube, salt, ports.salt, signal) : null;
  return away === null ? facts : { ...facts, drillSwitch: away };
}

const namesOf = ({ nodes }: KubeFacts): readonly string[] => nodes.map(({ name }) => name);

/** Null while its minion does not answer, which is a refusal of its own. */
async function lookAtDrill(
  { nodes }: KubeFacts,
  seen: Facts['salt'],
  salt: Salt,
  signal: AbortSignal,
): Promise<SwitchFacts | null> {
  const name = nodes.find(({ roles }) => roles.includes('bootstrap'))?.name;
  return name === undefined || !seen.answered.includes(name) ? null : await lookAtSwitch(name, salt, signal);
}

const wanted = ({ path, size, sha256 }: WantedFile): WantedFile => ({ path, size, sha256 });

async function lookAtTargets(
  { nodes }: Intent,
  kube: KubeFacts,
  { others, ...search }: TargetSearch & Pick<TargetQuery, 'archives'>,
  targets: TargetNodes,
  signal: AbortSignal,
): Promise<readonly TargetFacts[]> {
  const known = kube.nodes.filter(({ name }) => nodes.includes(name));
  const othersOn = ({ name }: NodeFacts) =>
    others === undefined ? {} : { others: others.filter(({ node }) => node === name).map(wanted) };
  return await Promise.all(
    known.map((node) =>
      targets.look(
        node.access,
        { ...search, ...othersOn(node), registryAddress: `${node.ip}:${REGISTRY_PORT}` },
        signal,
      ),
    ),
  );
}

/** What each existing registry serves; the bootstrap's is asked even while its mirror pod is not listed. */
async function lookAtRegistries(
  kube: KubeFacts,
  archives: readonly Archive[],
  registries: Registries,
  signal: AbortSignal,
): Promise<readonly ServedFacts[]> {
  const hasRegistry = ({ name, roles }: NodeFacts): boolean =>
    roles.includes('bootstrap') || kube.registries.some(({ node }) => node === name);
  const nodes = kube.nodes.filter((node) => node.ip !== null && hasRegistry(node));
  return await Promise.all(
    nodes.flatMap((node) => archives.map((archive) => servedBy(node, archive, registries, signal))),
  );
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
