import { isOfTheCluster, Unreachable } from '../../domain/answers/failure.ts';
import type { Archive } from '../../domain/cluster/archive.ts';
import type { EngineFacts, KubeFacts, NodeFacts } from '../../domain/cluster/facts.ts';
import { soundArchives } from '../../domain/guards/archives.ts';
import type { Inspection, Part, ServedPart } from '../../domain/questions/status/inspection.ts';
import type { BootstrapNode, Kubernetes, Registries } from '../../ports/cluster.ts';
import type { TargetNodes } from '../../ports/nodes.ts';
import type { Salt } from '../../ports/salt.ts';
import { inParallel, missingImages } from '../../steps/world/served-images.ts';

/** What an inspection reads. None of it changes anything. */
export interface WatchedCluster {
  readonly kubernetes: Pick<Kubernetes, 'look'>;
  readonly bootstrap: Pick<BootstrapNode, 'glance'>;
  readonly salt: Pick<Salt, 'answering' | 'engines'>;
  readonly targets: Pick<TargetNodes, 'registryFiles'>;
  readonly registries: Registries;
}

export interface InspectAllPorts extends WatchedCluster {
  readonly cluster: string;
  readonly now: () => Date;
  /** Called for an error that is no failure of the cluster; the part is then unknown. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Inspects the whole cluster, some nodes at a time. Every part is known, or unknown with a sentence why: it never throws. `signal` is its limit. */
export async function inspectAll(ports: InspectAllPorts, signal: AbortSignal): Promise<Inspection> {
  const read = <T>(act: () => Promise<T>) => partOf(act, ports, signal);
  const at = ports.now().toISOString();
  const [kube, bootstrap] = await Promise.all([
    read(() => ports.kubernetes.look(signal)),
    read(() => ports.bootstrap.glance(signal)),
  ]);
  const archives = bootstrap.is === 'known' ? soundArchives(bootstrap.value.archives) : [];
  const nodes = kube.is === 'known' ? withRegistry(kube.value) : [];
  const [engines, served, found] = await Promise.all([
    read(() => enginesOf(kube, ports.salt, signal)),
    inParallel(nodes, NO_LIMIT, (node) => servedBy(node, archives, ports, signal)),
    inParallel(nodes.filter(isOther), NO_LIMIT, async (node) => ({
      node: node.name,
      found: await read(() => ports.targets.registryFiles(node.access, archives, signal)),
    })),
  ]);
  return { cluster: ports.cluster, at, kube, bootstrap, engines, served: served.flat(), nodes: found };
}

/** The parts end by themselves at the limit, so that each is kept as unknown. */
const NO_LIMIT = new AbortController().signal;

export const isOther = ({ roles }: NodeFacts): boolean => !roles.includes('bootstrap');

export const withRegistry = ({ nodes, registries }: KubeFacts): readonly NodeFacts[] =>
  nodes.filter((node) => !isOther(node) || registries.some((one) => one.node === node.name));

export async function enginesOf(kube: Part<KubeFacts>, salt: WatchedCluster['salt'], signal: AbortSignal) {
  if (kube.is === 'unknown')
    throw new Unreachable('Kubernetes', 'kubernetes', 'The nodes are unknown, so no engine was read.');
  const names = kube.value.nodes.map(({ name }) => name);
  const answering = await salt.answering(names, signal);
  if (answering === null) {
    throw new Unreachable(
      'the Salt master',
      'salt-master',
      'The Salt master does not answer, so no engine could be read.',
    );
  }
  const silent = names.filter((name) => !answering.includes(name));
  return [...(await salt.engines(answering, signal)), ...silent.map(silentEngine)];
}

const silentEngine = (node: string): EngineFacts => ({
  node,
  is: 'silent',
  says: `The minion of ${node} did not answer, so its engine could not be read.`,
});

/** Archives one after another: a registry answers few requests at a time. */
async function servedBy(
  { name, ip }: NodeFacts,
  archives: readonly Archive[],
  ports: InspectAllPorts,
  signal: AbortSignal,
): Promise<readonly ServedPart[]> {
  const parts: ServedPart[] = [];
  for (const archive of archives) {
    const missing = await partOf(() => missingAt(name, ip, archive, ports.registries, signal), ports, signal);
    parts.push({ node: name, archive: archive.id, missing });
  }
  return parts;
}

async function missingAt(
  node: string,
  ip: string | null,
  archive: Archive,
  registries: Registries,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (ip === null) throw new Unreachable(node, 'registry', `${node} has no IP address, so its registry was not asked.`);
  return await missingImages(registries, ip, archive, signal);
}

async function partOf<T>(
  act: () => Promise<T>,
  { onUnexpected }: Pick<InspectAllPorts, 'onUnexpected'>,
  signal: AbortSignal,
): Promise<Part<T>> {
  try {
    return { is: 'known', value: await untilAborted(act, signal) };
  } catch (error) {
    if (signal.aborted) return { is: 'unknown', says: 'It was not read in time.' };
    if (isOfTheCluster(error)) return { is: 'unknown', says: error.report().what };
    onUnexpected(error);
    return { is: 'unknown', says: 'The worker had an unexpected error. Its log has the details.' };
  }
}

/** Ends when the signal aborts, even if what it waits for does not. */
export async function untilAborted<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const stop = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([act(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
