import { isIPv4, isIPv6 } from 'node:net';
import type { EndpointsFacts, KubeFacts, NodeFacts, RegistryFacts } from '../../domain/cluster/facts.ts';
import { machineWord } from '../../domain/cluster/machine.ts';
import { accessOf } from './access.ts';
import type { KubeEndpoints, KubeNode, KubePod } from './schemas.ts';

const VERSION = 'metalk8s.scality.com/version';
const ROLE = 'node-role.kubernetes.io/';

/** Maps a Node. */
export function nodeFacts({ metadata, status }: KubeNode): NodeFacts {
  const ip = internalIp(status.addresses);
  const { containerRuntimeVersion, machineID, systemUUID } = status.nodeInfo;
  return {
    name: metadata.name,
    ip,
    ready: isReady(status.conditions),
    roles: Object.keys(metadata.labels)
      .filter((label) => label.startsWith(ROLE))
      .map((label) => label.slice(ROLE.length))
      .sort(),
    version: metadata.labels[VERSION] ?? null,
    containerRuntime: containerRuntimeVersion,
    machine: { id: machineWord(machineID), uuid: machineWord(systemUUID) },
    access: accessOf(metadata.name, ip, metadata.annotations),
  };
}

/** Any other text would become a part of URLs and commands. */
function internalIp(addresses: KubeNode['status']['addresses']): string | null {
  const ips = addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  return ips.find(isIPv4) ?? ips.find(isIPv6) ?? null;
}

/** Maps a `repositories-<node>` pod. */
export function registryFacts(pod: KubePod): RegistryFacts {
  return {
    node: pod.spec.nodeName,
    ready: pod.metadata.deletionTimestamp === undefined && isReady(pod.status.conditions),
    version: pod.metadata.labels[VERSION] ?? null,
    carries: pod.spec.volumes.flatMap(archiveOf).sort(),
  };
}

/** The ID of the archive in a volume, from its path, because the volume's name has no dots. */
function archiveOf({ name, hostPath }: KubePod['spec']['volumes'][number]): readonly string[] {
  if (!name.startsWith('registry-')) return [];
  const id = hostPath?.path.match(/^\/srv\/scality\/([^/]+)\/images\/?$/)?.[1];
  return id === undefined ? [] : [id];
}

/** Whether the pod is the kubelet's mirror of a static pod. Anyone who may create pods can give a pod the same label. */
export const isStatic = (app: string, { metadata, spec: { nodeName } }: KubePod): boolean =>
  metadata.name === `${app}-${nodeName}` &&
  metadata.annotations['kubernetes.io/config.mirror'] !== undefined &&
  metadata.ownerReferences.some((one) => one.kind === 'Node' && one.name === nodeName);

/** The salt-master pod of a bootstrap node. Prefers a ready pod: a moved bootstrap node may leave an old mirror pod. */
export function saltMasterOf(pods: readonly KubePod[], nodes: readonly NodeFacts[]): KubeFacts['saltMaster'] {
  const bootstraps = nodes.filter(({ roles }) => roles.includes('bootstrap')).map(({ name }) => name);
  const onBootstrap = pods.filter((pod) => bootstraps.includes(pod.spec.nodeName));
  const masters = onBootstrap.map((pod) => ({
    pod: pod.metadata.name,
    node: pod.spec.nodeName,
    ready: pod.metadata.deletionTimestamp === undefined && hasReadyMaster(pod),
  }));
  return masters.find((one) => one.ready) ?? masters[0] ?? null;
}

/** Nodes without the role bootstrap on which a static salt-master runs; none while no node has the role, which may only have lost its label. */
export function formerBootstrapsIn(pods: readonly KubePod[], nodes: readonly NodeFacts[]): readonly string[] {
  if (!nodes.some(({ roles }) => roles.includes('bootstrap'))) return [];
  const runs = (name: string) => pods.some(({ spec }) => spec.nodeName === name);
  return nodes.filter(({ name, roles }) => !roles.includes('bootstrap') && runs(name)).map(({ name }) => name);
}

/** The pod's salt-api container is not needed. */
const hasReadyMaster = (pod: KubePod) =>
  pod.status.containerStatuses.some((one) => one.name === 'salt-master' && one.ready);

/** Addresses of all subsets, sorted. */
export function endpointsFacts(endpoints: KubeEndpoints | null): EndpointsFacts {
  const subsets = endpoints?.subsets ?? [];
  return {
    ready: addresses(subsets.flatMap((one) => one.addresses)),
    notReady: addresses(subsets.flatMap((one) => one.notReadyAddresses)),
  };
}

const addresses = (list: readonly { readonly ip: string }[]) => [...new Set(list.map((one) => one.ip))].sort();

const isReady = (conditions: readonly { readonly type: string; readonly status: string }[]) =>
  conditions.some((one) => one.type === 'Ready' && one.status === 'True');
