import { staysReady } from '../../engine-state.ts';
import type { JsonObject } from '../../salt/json.ts';
import type { SimNode, World } from '../../world.ts';
import { type EndpointAddress, endpointsOf } from './endpoints.ts';

const VERSION_LABEL = 'metalk8s.scality.com/version';

/** When the cluster was made. */
const MADE = '2024-11-04T08:00:00Z';

/** The Node object with the world's current labels and readiness. */
export function nodeObject(world: World, node: SimNode): JsonObject {
  const isReady = node.ready && !world.faults.isOn('node-not-ready', node.name) && staysReady(world, node);
  const reason = isReady ? 'KubeletReady' : 'NodeStatusUnknown';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      uid: uid(node.name),
      creationTimestamp: MADE,
      labels: labelsOf(world, node),
      annotations: node.annotations,
    },
    spec: taints(node),
    status: {
      addresses: [
        { type: 'InternalIP', address: node.ip },
        { type: 'Hostname', address: node.name },
      ],
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'Unknown', reason }],
      nodeInfo: {
        kubeletVersion: kubernetesVersion(node.version),
        containerRuntimeVersion: node.containerRuntime,
        machineID: node.machine.id,
        systemUUID: node.machine.uuid.toUpperCase(),
        osImage: 'Rocky Linux 8.9',
      },
    },
  };
}

/** A stable UID for an object. */
export function uid(name: string): string {
  const hex = Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** MetalK8s 128 contains Kubernetes 1.28; before 123 the numbers are unrelated. */
export function kubernetesVersion(version: string): string {
  const major = Number(version.split('.')[0]);
  return major > 100 ? `v1.${major - 100}.12` : 'v1.20.11';
}

/** kubelet alone gives a Node its name; all other labels are MetalK8s'. */
function labelsOf(world: World, node: SimNode): JsonObject {
  if (!node.isLabelled) return { 'kubernetes.io/hostname': node.name };
  const roles = node.roles.map((role) => [`node-role.kubernetes.io/${role}`, ''] as const);
  return {
    'kubernetes.io/hostname': node.name,
    'topology.kubernetes.io/region': 'default',
    'topology.kubernetes.io/zone': 'default',
    ...Object.fromEntries(roles),
    ...node.labels,
    [VERSION_LABEL]: labelledVersion(world, node),
  };
}

/** An upgrade patches the nodes' labels one by one: under that fault every second node has the other version. */
function labelledVersion(world: World, node: SimNode): string {
  const nodes = [...world.nodes.values()].filter((one) => one.isLabelled);
  const isMixed = nodes.some(({ version }) => version !== world.clusterVersion);
  const half = nodes.slice(Math.ceil(nodes.length / 2));
  if (!world.faults.isOn('upgrade-started') || isMixed || !half.includes(node)) return node.version;
  const other = world.bootstrap.mounts
    .flatMap(({ target }) => /^\/srv\/scality\/metalk8s-(.+)$/.exec(target)?.[1] ?? [])
    .find((version) => version !== world.clusterVersion);
  return other ?? `${node.version}-dev`;
}

function taints(node: SimNode): JsonObject {
  const tainting = node.roles.includes('node')
    ? []
    : node.roles.filter((role) => role === 'bootstrap' || role === 'infra');
  if (tainting.length === 0) return {};
  return { taints: tainting.map((role) => ({ key: `node-role.kubernetes.io/${role}`, effect: 'NoSchedule' })) };
}

/** The namespaces; kube-system carries the cluster's version. */
export function namespaceObjects(world: World): readonly JsonObject[] {
  const annotations = { 'metalk8s.scality.com/cluster-version': world.clusterVersion };
  return ['default', 'kube-system'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, uid: uid(name), creationTimestamp: MADE, ...(name === 'kube-system' ? { annotations } : {}) },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));
}

/** kube-system/repositories as the Endpoints controller last wrote it; no subset if no pod matches. */
export function repositoriesEndpoints(world: World): JsonObject {
  const { ready, notReady } = endpointsOf(world).read();
  const ports = [{ name: 'http', port: world.registryPort, protocol: 'TCP' }];
  const subset = {
    ...(ready.length > 0 ? { addresses: ready.map(addressOf) } : {}),
    ...(notReady.length > 0 ? { notReadyAddresses: notReady.map(addressOf) } : {}),
    ports,
  };
  return {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: {
      ...{ name: 'repositories', namespace: 'kube-system', uid: uid('ep-repositories') },
      creationTimestamp: MADE,
    },
    ...(ready.length + notReady.length > 0 ? { subsets: [subset] } : {}),
  };
}

function addressOf({ ip, node }: EndpointAddress): JsonObject {
  const targetRef = { kind: 'Pod', name: `repositories-${node}`, namespace: 'kube-system' };
  return { ip, nodeName: node, targetRef };
}
