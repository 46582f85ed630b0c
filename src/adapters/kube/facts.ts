import type { EndpointsFacts, KubeFacts, NodeFacts, RegistryFacts } from '../../domain/cluster/facts.ts';
import { accessOf } from './access.ts';
import type { KubeEndpoints, KubeNode, KubePod } from './schemas.ts';

const VERSION = 'metalk8s.scality.com/version';
const ROLE = 'node-role.kubernetes.io/';

/** A Node in our words. */
export function nodeFacts({ metadata, status }: KubeNode): NodeFacts {
  const ip = status.addresses.find((one) => one.type === 'InternalIP')?.address ?? null;
  return {
    name: metadata.name,
    ip,
    ready: isReady(status.conditions),
    roles: Object.keys(metadata.labels)
      .filter((label) => label.startsWith(ROLE))
      .map((label) => label.slice(ROLE.length))
      .sort(),
    version: metadata.labels[VERSION] ?? null,
    containerRuntime: status.nodeInfo.containerRuntimeVersion,
    access: accessOf(metadata.name, ip, metadata.annotations),
  };
}

/** A `repositories-<node>` pod in our words. */
export function registryFacts(pod: KubePod): RegistryFacts {
  return {
    node: pod.spec.nodeName,
    ready: pod.metadata.deletionTimestamp === undefined && isReady(pod.status.conditions),
    version: pod.metadata.labels[VERSION] ?? null,
    carries: pod.spec.volumes.flatMap(archiveOf).sort(),
  };
}

/** The id of the archive whose images a volume holds; the volume's own name has lost its dots. */
function archiveOf({ name, hostPath }: KubePod['spec']['volumes'][number]): readonly string[] {
  if (!name.startsWith('registry-')) return [];
  const id = hostPath?.path.match(/^\/srv\/scality\/([^/]+)\/images\/?$/)?.[1];
  return id === undefined ? [] : [id];
}

/** The salt-master pod; a ready one before any other, when a moved bootstrap node has left an old mirror pod behind. */
export function saltMasterOf(pods: readonly KubePod[]): KubeFacts['saltMaster'] {
  const masters = pods.map((pod) => ({
    pod: pod.metadata.name,
    node: pod.spec.nodeName,
    ready: pod.metadata.deletionTimestamp === undefined && hasReadyMaster(pod),
  }));
  return masters.find((one) => one.ready) ?? masters[0] ?? null;
}

/** The pod's salt-api container may be down without harm to us. */
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
