import { type Archive, mountpointOf } from '../../cluster/archive.ts';
import type { EngineFacts, KubeFacts, NodeFacts, RegistryFacts } from '../../cluster/facts.ts';
import { isMountOf } from '../../cluster/mounted.ts';
import { endpointUrl, includeOfSolution, includeOfVersion } from '../../cluster/registry.ts';
import type { RegistryFiles } from '../../cluster/registry-files.ts';
import { clipped } from '../../text/clipped.ts';
import { listed } from '../../text/format.ts';
import { MOST_NAMED, type Reason, type RegistryStatus } from './cluster-status.ts';
import type { Inspection, Part } from './inspection.ts';

/** A node that has a registry, or must have one. */
export interface RegistryNode {
  readonly node: NodeFacts;
  readonly isBootstrap: boolean;
  readonly pod: RegistryFacts | null;
}

/** What a registry is compared with. */
interface Around {
  readonly inspection: Inspection;
  readonly kube: KubeFacts;
  readonly archives: readonly Archive[];
  /** Null: unknown. */
  readonly engines: readonly EngineFacts[] | null;
}

/** One registry, with every reason why it is stale. */
export function judgeRegistry({ node, isBootstrap, pod }: RegistryNode, around: Around): RegistryStatus {
  const { inspection, archives } = around;
  const files = inspection.nodes.find((one) => one.node === node.name)?.found ?? NOT_INSPECTED;
  const served = archives.map(({ id, images }) => servedOf(node.name, id, images.length, inspection));
  const counts = served.map((part) => (part.is === 'known' ? part.value : null));
  const unserved = archives.filter(({ images }, index) => (counts[index] ?? images.length) < images.length);
  return {
    node: node.name,
    isBootstrap,
    version: pod?.version ?? null,
    served: counts,
    stale: [
      ...(files.is === 'known' ? staleFiles(files.value, archives) : []),
      ...stalePod(pod, around),
      ...reason('images-missing', idsOf(unserved)),
      ...unlisted(node, around),
    ],
    unknown: unknownOf(isBootstrap ? served : [files, ...served], files.is === 'known' ? unreadIn(files.value) : []),
  };
}

const NOT_INSPECTED: Part<RegistryFiles> = { is: 'unknown', says: 'Its files were not inspected.' };

const idsOf = (archives: readonly Archive[]): readonly string[] => archives.map(({ id }) => id);

function servedOf(node: string, archive: string, images: number, { served }: Inspection): Part<number> {
  const part = served.find((one) => one.node === node && one.archive === archive)?.missing;
  if (part === undefined) return { is: 'unknown', says: `Its images of ${archive} were not asked for.` };
  return part.is === 'unknown' ? part : { is: 'known', value: images - part.value.length };
}

/** What keeps the node's files from being what the bootstrap node lists. */
function staleFiles({ files, mounts, fstab, ...config }: RegistryFiles, archives: readonly Archive[]) {
  const fileOf = ({ path }: Archive) => files.find((file) => file.path === path)?.is ?? 'unread';
  const at = (archive: Archive) => ({ path: archive.path, mountpoint: mountpointOf(archive) });
  const without = (isFine: (archive: Archive) => boolean) => idsOf(archives.filter((one) => !isFine(one)));
  return [
    ...reason(
      'archive-missing',
      without((one) => fileOf(one) !== 'absent'),
    ),
    ...reason(
      'archive-differs',
      without((one) => !['different', 'directory'].includes(fileOf(one))),
    ),
    ...reason(
      'not-mounted',
      without((one) => mounts.some(isMountOf(at(one)))),
    ),
    ...reason(
      'not-in-fstab',
      without((one) => fstab.some(isMountOf(at(one)))),
    ),
    ...reason(
      'include-missing',
      without((one) => config.registryConfig.includes(includeOf(one))),
    ),
    ...reason('manifest-copied', config.manifestCopies ?? []),
  ];
}

const includeOf = ({ kind, id }: Archive): string =>
  kind === 'metalk8s' ? includeOfVersion(id) : includeOfSolution(id);

function stalePod(pod: RegistryFacts | null, { kube, archives }: Around): readonly Reason[] {
  if (pod === null) return reason('pod-missing', [], true);
  const isOld = kube.clusterVersion !== null && pod.version !== kube.clusterVersion;
  return [
    ...reason('pod-version', isOld ? [pod.version ?? 'none'] : []),
    ...reason('not-in-pod', idsOf(archives.filter(({ id }) => !pod.carries.includes(id)))),
    ...reason('not-ready', [], !pod.ready),
  ];
}

/** Where the registry is not listed: a registry that nobody asks is none. */
function unlisted({ ip }: NodeFacts, { kube, engines }: Around): readonly Reason[] {
  if (ip === null) return [];
  const others = (engines ?? []).filter((one) => one.is === 'known' && !one.endpoints.includes(endpointUrl(ip)));
  return [
    ...reason('not-in-endpoints', [], !kube.endpoints.ready.includes(ip)),
    ...reason(
      'not-in-engines',
      others.map(({ node }) => node),
    ),
  ];
}

/** A reason about these names; none if there is no name and `isSo` is false. */
function reason(is: Reason['is'], of: readonly string[], isSo = of.length > 0): readonly Reason[] {
  const named = of.slice(0, MOST_NAMED);
  return isSo ? [{ is, of: named, more: of.length - named.length }] : [];
}

/** The sentences, each once. */
function unknownOf(parts: readonly Part<unknown>[], unread: readonly string[]): readonly string[] {
  const says = parts.flatMap((part) => (part.is === 'unknown' ? [clipped(part.says, 400)] : []));
  return [...new Set([...says, ...unread])].slice(0, 20);
}

/** A sentence if files of the right size are not compared yet. */
function unreadIn({ files }: RegistryFiles): readonly string[] {
  const paths = files.flatMap(({ path, is }) => (is === 'unread' ? [path] : []));
  return paths.length === 0 ? [] : [clipped(`The content of ${listed(paths)} is not compared yet.`, 400)];
}
