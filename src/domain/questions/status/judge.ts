import type { BootstrapFacts, EngineFacts, KubeFacts, NodeFacts } from '../../cluster/facts.ts';
import { endpointUrl, sameSet } from '../../cluster/registry.ts';
import { soundArchives, versionUnlisted } from '../../guards/archives.ts';
import { misplaced } from '../../guards/bootstraps.ts';
import { deadEndpoints } from '../../guards/registries.ts';
import { clipped } from '../../text/clipped.ts';
import { type ClusterStatus, type Gap, MOST_NAMED } from './cluster-status.ts';
import type { Inspection, Part } from './inspection.ts';
import { judgeRegistry, type RegistryNode } from './judge-registry.ts';

/** The status that these facts show. */
export function judge(inspection: Inspection): ClusterStatus {
  const { cluster, at, kube } = inspection;
  const bootstrap = bootstrapOf(inspection);
  const base = {
    cluster,
    at,
    version: null,
    archives: [],
    registries: [],
    gaps: [],
    engines: NO_ENGINES,
    troubles: [],
  };
  if (kube.is === 'unknown') return { ...base, unknown: sentences([kube, bootstrap]) };
  const archives = bootstrap.is === 'known' ? soundArchives(bootstrap.value.archives) : [];
  const nodes = registryNodes(kube.value);
  const engines = inspection.engines.is === 'known' ? inspection.engines.value : null;
  return {
    ...base,
    version: kube.value.clusterVersion,
    archives: archives.map(({ id, images }) => ({ id, images: images.length })),
    registries: nodes.map((node) => judgeRegistry(node, { inspection, kube: kube.value, archives, engines })),
    engines: judgeEngines(kube.value, engines, nodes),
    gaps: gapsOf(kube.value, bootstrap, engines, nodes),
    unknown: sentences([
      bootstrap,
      inspection.engines,
      ...filesOf(bootstrap),
      ...versionOf(kube.value),
      ...addressesOf(nodes),
    ]),
  };
}

/** The files of another machine say nothing about the bootstrap node. */
function bootstrapOf({ kube, bootstrap }: Inspection): Part<BootstrapFacts> {
  if (kube.is === 'unknown' || bootstrap.is === 'unknown') return bootstrap;
  const elsewhere = misplaced(kube.value, bootstrap.value);
  return elsewhere === null ? bootstrap : { is: 'unknown', says: elsewhere.says };
}

const NO_ENGINES: ClusterStatus['engines'] = { all: 0, right: 0, unread: [], moreUnread: 0 };

/** The bootstrap node, and every node with a registry, in the order of their names. The registry of a former bootstrap node does not count. */
function registryNodes({ nodes, registries, formerBootstraps = [] }: KubeFacts): readonly RegistryNode[] {
  const named = (name: string): NodeFacts | undefined => nodes.find((node) => node.name === name);
  const firsts = nodes.filter(({ roles }) => roles.includes('bootstrap'));
  const isFirst = (name: string): boolean => firsts.some((node) => node.name === name);
  const others = registries.flatMap(({ node }) =>
    isFirst(node) || formerBootstraps.includes(node) ? [] : (named(node) ?? []),
  );
  const pod = (name: string) => registries.find(({ node }) => node === name) ?? null;
  return [
    ...firsts.map((node) => ({ node, isBootstrap: true, pod: pod(node.name) })),
    ...others
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((node) => ({ node, isBootstrap: false, pod: pod(node.name) })),
  ];
}

/** What cannot be known because a configuration file of the bootstrap node is unreadable. */
function filesOf(bootstrap: Part<BootstrapFacts>): readonly Part<unknown>[] {
  if (bootstrap.is === 'unknown') return [];
  const { bootstrapFile, solutionsFile } = bootstrap.value;
  return [bootstrapFile, solutionsFile].flatMap((file) =>
    file.is === 'unreadable' ? [{ is: 'unknown', says: file.says }] : [],
  );
}

const versionOf = ({ clusterVersion }: KubeFacts): readonly Part<unknown>[] =>
  clusterVersion === null ? [{ is: 'unknown', says: NO_VERSION }] : [];

const NO_VERSION =
  'The namespace kube-system has no annotation metalk8s.scality.com/cluster-version, so the version of the cluster is unknown.';

const addressesOf = (nodes: readonly RegistryNode[]): readonly Part<unknown>[] =>
  nodes.flatMap(({ node }) => (node.ip === null ? [{ is: 'unknown', says: `${node.name} has no IP address.` }] : []));

const sentences = (parts: readonly Part<unknown>[]): readonly string[] =>
  parts.flatMap((part) => (part.is === 'unknown' ? [clipped(part.says, 400)] : [])).slice(0, 20);

function judgeEngines(
  { nodes }: KubeFacts,
  engines: readonly EngineFacts[] | null,
  registries: readonly RegistryNode[],
): ClusterStatus['engines'] {
  if (engines === null) return { ...NO_ENGINES, all: nodes.length, moreUnread: nodes.length };
  const wanted = urlsOf(registries);
  const right = engines.filter((one) => one.is === 'known' && sameSet(one.endpoints, wanted));
  const unread = nodes.flatMap(({ name }) => {
    const engine = engines.find(({ node }) => node === name);
    if (engine?.is === 'known') return [];
    return [{ node: name, says: clipped(engine?.says ?? `The engine of ${name} was not read.`, 400) }];
  });
  const shown = unread.slice(0, MOST_NAMED);
  return { all: nodes.length, right: right.length, unread: shown, moreUnread: unread.length - shown.length };
}

const urlsOf = (registries: readonly RegistryNode[]): readonly string[] =>
  registries.flatMap(({ node: { ip } }) => (ip === null ? [] : [endpointUrl(ip)]));

function gapsOf(
  kube: KubeFacts,
  bootstrap: Part<BootstrapFacts>,
  engines: readonly EngineFacts[] | null,
  registries: readonly RegistryNode[],
): readonly Gap[] {
  const alive = registries.flatMap(({ node: { ip } }) => ip ?? []);
  const dead = deadEndpoints(alive, kube.nodes, engines ?? []);
  const listing = [...new Set(dead.flatMap((one) => one.engines))].toSorted();
  const { formerBootstraps = [] } = kube;
  const former = kube.nodes.filter(({ name }) => formerBootstraps.includes(name));
  const strange = kube.endpoints.ready.filter(
    (ip) => ![...registries.map(({ node }) => node), ...former].some((node) => node.ip === ip),
  );
  return [
    ...(registries.some(({ isBootstrap }) => isBootstrap) ? [] : [gap('no-bootstrap', [])]),
    ...(registries.length === 1
      ? [
          gap(
            'one-registry',
            registries.map(({ node }) => node.name),
          ),
        ]
      : []),
    ...gapOf('former-bootstrap', formerBootstraps),
    ...(bootstrap.is === 'unknown' ? [] : archiveGaps(kube, bootstrap.value)),
    ...gapOf('strange-endpoint', strange),
    ...gapOf('strange-in-engine', listing).map((each) => ({
      ...each,
      dead: dead.slice(0, MOST_NAMED).map(({ url, owner }) => ({ url, owner })),
    })),
  ];
}

/** Without these archives, or with these solutions, only the bootstrap node has images that nobody compares. */
function archiveGaps({ clusterVersion }: KubeFacts, bootstrap: BootstrapFacts): readonly Gap[] {
  const unlisted = versionUnlisted(clusterVersion, bootstrap);
  return [
    ...gapOf(
      'bad-archive',
      bootstrap.archives.flatMap((one) => (one.is === 'bad' ? one.path : [])),
    ),
    ...gapOf('version-unlisted', unlisted === null ? [] : [unlisted]),
    ...gapOf('solution-unlisted', bootstrap.mountedUnlisted),
  ];
}

const gapOf = (is: Gap['is'], of: readonly string[]): readonly Gap[] => (of.length === 0 ? [] : [gap(is, of)]);

function gap(is: Gap['is'], of: readonly string[]): Gap {
  const named = of.slice(0, MOST_NAMED);
  return { is, of: named, more: of.length - named.length };
}
